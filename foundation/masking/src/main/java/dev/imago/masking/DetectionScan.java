package dev.imago.masking;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One pass over a text: at each character the detectors that it concerns, in their order; what is
/// found first is taken, and the pass goes on behind it. Stops where a detector would need text
/// that has not come.
final class DetectionScan {
  private final Detectors detectors;
  private final Optional<NameFinder> finder;
  private final Sight sight;

  /// Everything before is decided.
  private int at;

  /// The end of what was taken last.
  private int taken;

  /// Where the sentence ends whose names are known; names that lie before are gone from `names`.
  private int named;

  private final Deque<Detection> names = new ArrayDeque<>();

  DetectionScan(Detectors detectors, Optional<NameFinder> finder, Sight sight) {
    this.detectors = detectors;
    this.finder = detectors.asks(PersonalKind.NAME) ? finder : Optional.empty();
    this.sight = sight;
  }

  /// The next stretch; null where there is none, or where it cannot be decided yet.
  @Nullable Detection next() {
    while (true) {
      int limit = finder.isEmpty() ? sight.end() : named;
      Detection found = next(limit);
      if (found != null || at < limit) {
        return found;
      }
      if (finder.isEmpty() || !nextSentence(finder.get())) {
        return null;
      }
    }
  }

  private @Nullable Detection next(int limit) {
    char[] characters = sight.characters();
    int name = names.isEmpty() ? Integer.MAX_VALUE : names.getFirst().start();
    for (int i = at; i < limit; i++) {
      int asked = detectors.at(characters[i]);
      if (asked != 0) {
        if (i > 0 && Sight.alphanumeric(characters[i - 1])) {
          asked &= ~detectors.atWordStarts();
        }
        if (asked != 0 && i + 1 < sight.end()) {
          asked = detectors.with(asked, characters[i], characters[i + 1]);
        }
        for (; asked != 0; asked &= asked - 1) {
          sight.look();
          Detection found = detectors.get(Integer.numberOfTrailingZeros(asked)).match(sight, i);
          if (sight.open()) {
            at = i;
            return null;
          }
          Detection fit = found == null ? null : fitting(found, i);
          if (fit != null) {
            return take(fit);
          }
        }
      }
      if (i == name) {
        sight.look();
        boolean mailbox =
            detectors.asks(PersonalKind.EMAIL) && sight.at(names.getFirst().end()) == '@';
        if (sight.open()) {
          at = i;
          return null;
        }
        Detection found = names.removeFirst();
        if (!mailbox) {
          return take(found);
        }
        name = names.isEmpty() ? Integer.MAX_VALUE : names.getFirst().start();
      }
    }
    at = Math.max(at, limit);
    return null;
  }

  /// What is left of a match: of a mailbox what was not taken before.
  private @Nullable Detection fitting(Detection found, int anchor) {
    if (!detectors.asks(found.kind())) {
      return null;
    }
    if (found.start() >= taken) {
      return found;
    }
    return taken < anchor ? new Detection(found.kind(), taken, found.end()) : null;
  }

  private Detection take(Detection found) {
    taken = found.end();
    at = found.end();
    while (!names.isEmpty() && names.getFirst().start() < at) {
      names.removeFirst();
    }
    return found;
  }

  private boolean nextSentence(NameFinder names) {
    int from = Math.max(named, at);
    int end = NameSegments.end(sight, from);
    if (end <= from) {
      return false;
    }
    named = end;
    names.names(sight.text(from, end)).stream()
        .filter(name -> name.kind() == PersonalKind.NAME)
        .sorted(Comparator.comparingInt(Detection::start))
        .forEach(name -> add(name, from, end));
    return true;
  }

  private void add(Detection name, int from, int end) {
    int start = from + name.start();
    int least = names.isEmpty() ? from : names.getLast().end();
    if (from + name.end() > end) {
      throw new IllegalStateException("a name ends behind its sentence");
    }
    if (start >= least) {
      names.add(new Detection(PersonalKind.NAME, start, from + name.end()));
    }
  }

  /// From where on text must be held back: it is undecided, or may belong to what comes.
  int open() {
    if (sight.complete()) {
      return sight.end();
    }
    int from = detectors.asks(PersonalKind.EMAIL) ? EmailDetector.openFrom(sight, at) : at;
    return Math.max(from, taken);
  }

  /// So many characters were taken from the beginning of the text.
  void shift(int by) {
    at -= by;
    taken = Math.max(0, taken - by);
    named = Math.max(0, named - by);
    Detection[] shifted =
        names.stream()
            .map(n -> new Detection(n.kind(), n.start() - by, n.end() - by))
            .toArray(Detection[]::new);
    names.clear();
    for (Detection name : shifted) {
      names.add(name);
    }
  }
}
