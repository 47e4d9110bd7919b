import { ApolloProvider } from "@apollo/client/react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { connect } from "./gateway";

const address = document.querySelector<HTMLMetaElement>('meta[name="gateway"]')?.content;
const root = document.getElementById("root");
if (!address || !root) throw new Error("index.html names no gateway, or has no root");

const { client, line } = connect(address);
createRoot(root).render(
  <ApolloProvider client={client}>
    <App line={line} />
  </ApolloProvider>,
);
