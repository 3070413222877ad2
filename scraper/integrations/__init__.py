"""Records inside the programs of others; each module needs the extra that it is named for."""
