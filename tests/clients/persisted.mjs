// Asks by the hash of a document, as Apollo's clients do by themselves. Tells its answers, and each request with its status.
import { createHash } from "node:crypto";
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";

const [url, text, times] = process.argv.slice(2);
const tell = (told) => console.log(JSON.stringify(told));

async function watched(address, options) {
  const response = await fetch(address, options);
  tell({ method: options.method, status: response.status, withText: String(address).includes("query=") || /"query"/.test(options.body ?? "") });
  return response;
}

const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: new PersistedQueryLink({
    sha256: (document) => createHash("sha256").update(document).digest("hex"),
    useGETForHashedQueries: true,
  }).concat(new HttpLink({ uri: url, fetch: watched })),
});
for (let time = 0; time < Number(times); time += 1) {
  const { data } = await client.query({ query: gql(text), fetchPolicy: "network-only" });
  tell({ data });
}
client.stop();
