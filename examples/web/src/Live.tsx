import { useSubscription } from "@apollo/client/react";
import { useState } from "react";
import { Trouble } from "./Trouble";
import { CampaignPageLiveDocument } from "./generated/graphql";

interface Props {
  readonly id: string;
  /** The position of the total that was read. What comes after it is told, so that nothing falls between the two. */
  readonly from: string | null;
  /** Called when a message does not go on from the one before: the total is right again, but the lists must be read anew. */
  readonly onHole: () => void;
}

/** Follows one campaign. It shows no figure: the messages carry the campaign itself, and the cache tells the page. */
export function Live({ id, from, onHole }: Props) {
  const [after] = useState(from); // later positions are kept by `remember`; another value here would subscribe anew
  const [joined, setJoined] = useState(after !== null); // a start without a position is no hole
  const { error } = useSubscription(CampaignPageLiveDocument, {
    variables: { id, after },
    onData: ({ data: { data } }) => {
      if (joined && data?.campaignTotal.recovered === false) onHole();
      setJoined(true);
    },
  });
  return <Trouble of={error} />;
}
