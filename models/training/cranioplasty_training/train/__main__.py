"""``python -m cranioplasty_training.train``, under ``torchrun`` too."""

from .command import main

if __name__ == "__main__":
    main()
