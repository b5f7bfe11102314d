"""The features of customers: the contract that declares them, and how they are read from the graph."""
