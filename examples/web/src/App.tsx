import { useSyncExternalStore } from "react";
import { CampaignList } from "./CampaignList";
import { CampaignPage } from "./CampaignPage";
import type { Line } from "./line";

/** The list, and the campaign whose id is in the address after `#`. */
export function App({ line }: { readonly line: Line }) {
  const id = useSyncExternalStore(onHash, () => decodeURIComponent(location.hash.slice(1)));
  const isUp = useSyncExternalStore(line.subscribe, line.isUp);
  return (
    <main className={id ? "chosen" : ""}>
      <CampaignList chosen={id} />
      {id ? <CampaignPage key={id} id={id} isUp={isUp} /> : <p className="hint">Choose a campaign to follow it.</p>}
    </main>
  );
}

function onHash(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}
