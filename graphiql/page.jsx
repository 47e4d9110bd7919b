/* GraphiQL over the endpoint beside it: queries by POST, subscriptions over a WebSocket. It asks no other origin for anything. */

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";
import "./page.css";
import { TABS } from "./tabs.js";

const ENDPOINT = "/graphql";
const WORKERS = { graphql: "graphql", json: "json" };

// Monaco says what each worker is for, and leaves it to the page where its script is
globalThis.MonacoEnvironment = {
  getWorker: (_, label) =>
    new Worker(new URL(`${WORKERS[label] ?? "editor"}.worker.js`, import.meta.url), { type: "module" }),
};

const socket = new URL(ENDPOINT, location.origin.replace(/^http/, "ws")).href; // browsers before 2024 take no shorter one
const fetcher = createGraphiQLFetcher({ url: ENDPOINT, wsClient: createClient({ url: socket }) });

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL fetcher={fetcher} defaultTabs={TABS} shouldPersistHeaders={false}>
    <GraphiQL.Logo>
      <a className="name" href="/">
        Giving Gateway
      </a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
