package dev.imago.spark;

import dev.imago.corpus.Decision;
import dev.imago.duplicates.Outcome;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/// A document and what becomes of it, as if it were the only one that stays.
record Decided(JudgedRow row, Decision decision) {

  /// Those of one part of the input, in order.
  ///
  /// @param rows of the part, in order
  /// @param outcomes of those of them that others are like, in order
  static Iterator<Decided> of(
      Iterator<JudgedRow> rows, Iterator<Tuple2<Long, Outcome>> outcomes, boolean steppedBack) {
    return new Iterator<>() {
      private @Nullable Tuple2<Long, Outcome> next = outcomes.hasNext() ? outcomes.next() : null;
      private @Nullable JudgedRow row = own();

      private @Nullable JudgedRow own() {
        while (rows.hasNext()) {
          JudgedRow found = rows.next();
          if (!found.earlier()) {
            return found;
          }
        }
        return null;
      }

      @Override
      public boolean hasNext() {
        return row != null;
      }

      @Override
      public Decided next() {
        JudgedRow now = row;
        if (now == null) {
          throw new NoSuchElementException();
        }
        row = own();
        Outcome outcome = new Outcome.Alone();
        while (next != null && next._1() <= now.place()) {
          outcome = next._1() == now.place() ? next._2() : outcome;
          next = outcomes.hasNext() ? outcomes.next() : null;
        }
        Outcome met = outcome;
        Optional<Decision> own =
            now.judgement().own(steppedBack).map(broken -> new Decision.Dropped(broken, ""));
        return new Decided(now, own.orElseGet(() -> Decision.of(met)));
      }
    };
  }
}
