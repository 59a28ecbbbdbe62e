package dev.imago.generate;

/// How many tokens are guessed next for one answer: twice as many after all were right, half after
/// none was, and none for a while where none ever is, since each that is wrong costs time.
final class DraftLength {
  private static final int PAUSE = 16;

  private final int most;
  private int length;
  private int pause;

  DraftLength(int most) {
    this.most = most;
    this.length = Math.min(4, most);
  }

  /// For the next step.
  int next() {
    if (pause > 0) {
      pause--;
      return 0;
    }
    return length;
  }

  void guessed(int drafted, int accepted) {
    if (drafted == 0) {
      return;
    }
    if (accepted == drafted) {
      length = Math.min(most, 2 * Math.max(1, length));
    } else if (accepted == 0) {
      pause = length == 1 ? PAUSE : 0;
      length = Math.max(1, length / 2);
    } else {
      length = Math.min(most, Math.max(1, accepted + 1));
    }
  }
}
