"""What the DAG files share: the list of connections, the commands that tasks run, what happens on failure."""
