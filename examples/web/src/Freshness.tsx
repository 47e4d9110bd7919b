import type { Freshness as Value } from "./generated/graphql";
import { moment } from "./moment";

interface Props {
  readonly of: { readonly freshness: Value; readonly asOf: string };
  /** Whether messages can come at all. */
  readonly isUp: boolean;
}

/** How close a figure is to the network's own. Values that this page does not know yet are told as they are, with the time. */
export function Freshness({ of: { freshness, asOf }, isUp }: Props) {
  if (!isUp) return <Mark kind="stale" says="Reconnecting" asOf={asOf} />;
  switch (freshness) {
    case "LIVE":
      return <Mark kind="live" says="Live" />;
    case "CACHED":
      return <Mark kind="cached" says="As of" asOf={asOf} />;
    case "STALE":
      return <Mark kind="stale" says="Not heard of since" asOf={asOf} />;
    default:
      return <Mark kind="cached" says={String(freshness)} asOf={asOf} />;
  }
}

function Mark({ kind, says, asOf }: { kind: string; says: string; asOf?: string }) {
  return (
    <span className={`freshness ${kind}`}>
      {says} {asOf && <time dateTime={asOf}>{moment(asOf)}</time>}
    </span>
  );
}
