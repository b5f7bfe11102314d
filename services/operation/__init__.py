"""Running a site: backups, rebuilding the graph, examining the installation, logs."""
