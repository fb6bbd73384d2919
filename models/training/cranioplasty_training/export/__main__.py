"""``python -m cranioplasty_training.export``."""

from .command import main

if __name__ == "__main__":
    main()
