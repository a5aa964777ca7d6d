"""A child that gives its question back; to an empty one it fails before it listens, and asked to stay it stays."""

import sys
import time

from labs.edge.child import questioned

if __name__ == "__main__":
    question, _ = questioned()
    if not question:
        sys.exit(1)
    if question == "stay":
        sys.stdout.close()
        sys.stderr.close()
        time.sleep(60)
    sys.stdout.buffer.write(question)
