"""Measures of whole graphs, defined as the LDBC Graphalytics specification 1.0 defines them (arXiv 2011.15028).

All take links as :class:`graph.arrays.Csr`, row = source, column = target; an undirected graph holds every link in
both directions. Links of a node to itself count for nothing but in PageRank. Ties and orders go by position.
"""
