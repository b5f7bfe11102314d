"""What answers read beside the named queries, as their asker sees it: runs, days, relations as arrays, the ledger.

Each reader takes a ``Seen`` and goes back to the site. What a policy leaves out of arrays and of the ledger, it leaves
out here.
"""
