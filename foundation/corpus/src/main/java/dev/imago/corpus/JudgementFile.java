package dev.imago.corpus;

import dev.imago.duplicates.LongFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Judgements of documents by their places, without what they are compared by, in a mapped file: as
/// long as the greatest place. One thread writes; any number read once it has.
final class JudgementFile implements AutoCloseable {
  /// The number of a document that is compared with none.
  static final long NOT_COMPARED = -1;

  /// Longs of a document: its head, three sizes, three measures, its number.
  private static final int WIDTH = 8;

  private static final int HEAD = 0;
  private static final int BYTES_IN = 1;
  private static final int BYTES = 2;
  private static final int LICENCE = 3;
  private static final int BROKEN = 4;
  private static final int LENGTH = 5;
  private static final int DROPPED = 6;
  private static final int NUMBER = 7;

  /// Bits of the head: is there one, its form, then names of 14 bits, each one more than its
  /// number.
  private static final int FORM_AT = 1;

  private static final int FORM_BITS = 5;
  private static final int LANGUAGE_AT = 6;
  private static final int BROKEN_AT = 20;
  private static final int LENGTH_AT = 34;
  private static final int DROPPED_AT = 48;
  private static final int NAME_BITS = 14;

  private static final TextForm[] FORMS = TextForm.values();

  private final LongFile file;

  /// Languages and rules, which are few.
  private final List<String> names = new ArrayList<>();

  private final Map<String, Integer> numbers = new HashMap<>();

  JudgementFile(Path folder) {
    file = new LongFile(folder.resolve("judgements.bin"));
  }

  /// @param number as it is compared, or [#NOT_COMPARED]
  void add(long place, Judgement judgement, long number) {
    long at = place * WIDTH;
    if (file.get(at) != 0) {
      throw new IllegalArgumentException("two documents in place " + place);
    }
    long head =
        1
            | judgement.form().map(form -> form.ordinal() + 1L).orElse(0L) << FORM_AT
            | name(judgement.language()) << LANGUAGE_AT
            | judgement.broken().map(rule -> name(rule.rule())).orElse(0L) << BROKEN_AT
            | judgement.length().map(rule -> name(rule.rule())).orElse(0L) << LENGTH_AT;
    file.set(at + NUMBER, number);
    file.set(at + HEAD, head);
    file.set(at + BYTES_IN, judgement.bytesIn());
    file.set(at + BYTES, judgement.bytes());
    file.set(at + LICENCE, judgement.licence());
    judgement.broken().ifPresent(rule -> file.set(at + BROKEN, bits(rule)));
    judgement.length().ifPresent(rule -> file.set(at + LENGTH, bits(rule)));
  }

  private static long bits(BrokenRule rule) {
    return Double.doubleToRawLongBits(rule.measured());
  }

  /// One more than the number of a name.
  private long name(String name) {
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    names.add(name);
    if (names.size() >= 1 << NAME_BITS) {
      throw new IllegalStateException("too many languages and rules: " + names.size());
    }
    numbers.put(name, names.size());
    return names.size();
  }

  /// Drops a document, whatever else is known of it.
  void drop(long place, BrokenRule rule) {
    long at = at(place);
    file.set(at + DROPPED, bits(rule));
    file.set(at, file.get(at) | name(rule.rule()) << DROPPED_AT);
  }

  /// All places with a document, in order.
  void each(LongConsumer to) {
    for (long place = 0; place * WIDTH < file.size(); place++) {
      if (file.get(place * WIDTH) != 0) {
        to.accept(place);
      }
    }
  }

  Judgement judgement(long place) {
    long at = at(place);
    long head = file.get(at);
    int form = (int) (head >>> FORM_AT & (1 << FORM_BITS) - 1);
    return new Judgement(
        names.get(bits(head, LANGUAGE_AT) - 1),
        form == 0 ? Optional.empty() : Optional.of(FORMS[form - 1]),
        file.get(at + BYTES_IN),
        file.get(at + BYTES),
        file.get(at + LICENCE),
        rule(head, BROKEN_AT, at + BROKEN),
        rule(head, LENGTH_AT, at + LENGTH),
        Optional.empty());
  }

  /// Whether a document breaks no rule by itself ([Judgement#own]).
  boolean unbroken(long place, boolean steppedBack) {
    long head = file.get(at(place));
    return bits(head, BROKEN_AT) == 0 && (steppedBack || bits(head, LENGTH_AT) == 0);
  }

  /// The rule by which a document was dropped after it was judged.
  Optional<BrokenRule> dropped(long place) {
    long at = at(place);
    return rule(file.get(at), DROPPED_AT, at + DROPPED);
  }

  /// The number of a document as it is compared.
  long number(long place) {
    return file.get(at(place) + NUMBER);
  }

  private Optional<BrokenRule> rule(long head, int bits, long at) {
    int name = bits(head, bits);
    return name == 0
        ? Optional.empty()
        : Optional.of(new BrokenRule(names.get(name - 1), Double.longBitsToDouble(file.get(at))));
  }

  private static int bits(long head, int at) {
    return (int) (head >>> at & (1 << NAME_BITS) - 1);
  }

  private long at(long place) {
    long at = place * WIDTH;
    if (place < 0 || file.get(at) == 0) {
      throw new IllegalArgumentException("no document in place " + place);
    }
    return at;
  }

  @Override
  public void close() {
    file.close();
  }
}
