// Reads GEXF and GraphML with the parsers of Gephi Lite. A line of JSON on standard input is {"format", "text"}; the
// answer is a line: {"nodes": {key: attributes}, "edges": {key: {source, target, attributes}}} or {"error"}.
import { createInterface } from "node:readline";
import { MultiGraph } from "graphology";
import gexf from "graphology-gexf";
import graphml from "graphology-graphml";

const PARSERS = { gexf, graphml };

function read({ format, text }) {
  const graph = PARSERS[format].parse(MultiGraph, text);
  const nodes = Object.fromEntries(graph.mapNodes((key, attributes) => [key, attributes]));
  const edges = Object.fromEntries(
    graph.mapEdges((key, attributes, source, target) => [key, { source, target, attributes }]),
  );
  return { nodes, edges };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = read(JSON.parse(line));
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
