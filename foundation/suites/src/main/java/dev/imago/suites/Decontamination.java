package dev.imago.suites;

import java.util.List;

/// Looks for the items of tests in documents, one by one: whole, by passages, and nearly the same
/// ([LeakSearch]); line breaks, width, case, punctuation and Chinese script make no difference. Any
/// number of threads may ask.
public final class Decontamination {
  private final List<TestItem> items;
  private final LeakSearch search;

  /// An item that stands in a document.
  ///
  /// @param share of the item that stands there
  /// @param words the document's, around the match
  public record Hit(String task, String item, Leak.Kind kind, double share, String words) {}

  public Decontamination(List<TestItem> items) {
    this.items = List.copyOf(items);
    this.search =
        new LeakSearch(items.stream().map(TestItem::text).toList(), new SimplifiedScript());
  }

  /// The items that stand in a document, in their order.
  public List<Hit> hits(String text) {
    return search.leaksIn("", text).stream()
        .map(
            leak -> {
              TestItem item = items.get(leak.item());
              return new Hit(item.task(), item.item(), leak.kind(), leak.share(), leak.there());
            })
        .toList();
  }

  /// How many items are looked for.
  public int items() {
    return items.size() - search.tooShort();
  }

  /// How many are too short to be looked for.
  public int tooShort() {
    return search.tooShort();
  }
}
