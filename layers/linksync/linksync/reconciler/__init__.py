"""The reconciler: finds what no sender told, and has it read again in its lane.  It makes no link itself."""
