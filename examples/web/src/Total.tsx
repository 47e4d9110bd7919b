import type { PageFiguresFragment } from "./generated/graphql";
import { minorUnits, rest, shown } from "./money";

type Props = Pick<PageFiguresFragment, "total" | "goal">;

/** The figure, and how far it is to the goal. Unknown is not zero, and is said so. */
export function Total({ total, goal }: Props) {
  if (!total) {
    return (
      <section className="total">
        <output className="raised unknown">unknown</output>
        {goal && <p>of {shown(goal)}</p>}
      </section>
    );
  }
  const left = goal && rest(goal, total.raised);
  const told = [
    goal && `of ${shown(goal)}`,
    left && (minorUnits(left) > 0n ? `${shown(left)} to go` : "goal reached"),
    total.donationCount !== null && counted(total.donationCount),
    total.refunded && minorUnits(total.refunded) > 0n && `${shown(total.refunded)} refunded`,
  ];
  return (
    <section className="total">
      <output className="raised">{shown(total.raised)}</output>
      {goal && <progress value={total.progress ?? 0} max={1} aria-label="Share of the goal" />}
      <p className="told">{told.filter(Boolean).join(" · ")}</p>
    </section>
  );
}

function counted(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? "gift" : "gifts"}`;
}
