package dev.imago.labelling;

import dev.imago.annotation.AnnotatedItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everybody's answers, item by item, as they come out of the store: no more than one item is held.
public final class LabelExport {
  /// Is given each item with its answers.
  @FunctionalInterface
  public interface Taker {
    void take(AnnotatedItem item) throws IOException;
  }

  private final Taker taker;
  private @Nullable AnnotatedItem open;
  private final List<AnnotatedItem.Given> given = new ArrayList<>();
  private long openNumber = -1;
  private long items;

  private LabelExport(Taker taker) {
    this.taker = taker;
  }

  /// Skipped and gold items are left out.
  ///
  /// @return how many items were given
  public static long each(LabelProject project, Taker taker) throws IOException {
    try {
      return project
          .state()
          .transaction(
              tx -> {
                var export = new LabelExport(taker);
                tx.each(
                    "select i.number, i.id, i.fields, a.person, a.answer from labelling.answer a"
                        + " join labelling.item i on i.project = a.project and i.number = a.item"
                        + " where a.project = ? and a.skipped = false and i.is_gold = false order"
                        + " by a.project, a.item, a.person",
                    row -> {
                      long number = row.number("number");
                      if (number != export.openNumber) {
                        export.flush();
                        export.open = LabelProject.item(row);
                        export.openNumber = number;
                      }
                      AnnotatedItem item = export.open;
                      export.given.add(
                          AnnotatedItem.Given.by(
                              row.text("person"),
                              LabelProject.answer(
                                  row.text("answer"), item == null ? "" : item.text())));
                    },
                    project.name());
                export.flush();
                return export.items;
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void flush() {
    AnnotatedItem item = open;
    if (item == null) {
      return;
    }
    try {
      taker.take(new AnnotatedItem(item.id(), item.fields(), given));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    given.clear();
    items++;
    open = null;
  }
}
