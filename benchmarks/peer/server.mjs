// The peer of benchmarks/portrait_api.py: @neo4j/graphql on graphql-yoga over the Neo4j that Kehutu has filled.
// Authorization filters stand on every type that the documents touch; who asks comes from a header.
import { createServer } from "node:http";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { createYoga } from "graphql-yoga";
import neo4j from "neo4j-driver";

const everyRegion = `@authorization(filter: [
  { where: { jwt: { scope: { eq: "*" } } } }
  { where: { node: { region: { startsWith: "$jwt.region" } } } }
])`;
const everyScope = `@authorization(filter: [{ where: { jwt: { scope: { eq: "*" } } } }])`;

const typeDefs = `
  type JWT @jwt { scope: String! region: String! }
  type Customer @node ${everyRegion} {
    id: ID! name: String customerNo: String kind: String phone: String openedOn: String region: String
    risk: Float community: String runId: String
    persons: [Person!]! @relationship(type: "IS", direction: OUT)
    enterprises: [Enterprise!]! @relationship(type: "IS", direction: OUT)
    accounts: [Account!]! @relationship(type: "HAS_ACCOUNT", direction: OUT)
    workOrders: [WorkOrder!]! @relationship(type: "REQUESTED", direction: OUT)
    interactions: [Interaction!]! @relationship(type: "CONTACTED", direction: OUT)
  }
  type Person @node ${everyScope} { id: ID! name: String }
  type Enterprise @node ${everyScope} { id: ID! name: String }
  type Account @node ${everyScope} {
    id: ID!
    bills: [Bill!]! @relationship(type: "BILLED", direction: OUT)
  }
  type Bill @node ${everyScope} {
    id: ID! period: String energy: Float amount: Int dueOn: String paidOn: String
  }
  type WorkOrder @node ${everyScope} { id: ID! kind: String state: String openedAt: String }
  type Interaction @node ${everyScope} { id: ID! kind: String at: String summary: String }
`;

const [url] = process.argv.slice(2);
const driver = neo4j.driver(url, undefined, { disableLosslessIntegers: true });
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
const yoga = createYoga({
  schema,
  logging: false,
  graphiql: false,
  context: ({ request }) => ({ jwt: { scope: request.headers.get("x-scope"), region: request.headers.get("x-region") } }),
});
const server = createServer(yoga);
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/graphql` })));
