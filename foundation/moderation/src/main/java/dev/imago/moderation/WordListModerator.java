package dev.imago.moderation;

import dev.imago.core.ConfigException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Flags what stands in lists of words and phrases, a list for each category: whole words where
/// words have blanks between, any place in Chinese. Compares [PlainForm]s, in one pass over the
/// text whatever the lists' length. Its scores are 0 and 1.
public final class WordListModerator implements Moderator {
  /// A place in the tree of all entries.
  private static final class Node {
    final Map<Character, Node> next = new HashMap<>();
    final Set<String> categories = new HashSet<>();
  }

  private final Set<String> categories;
  private final Node root = new Node();

  /// @param lists of each category its words and phrases
  /// @throws ConfigException for one without a letter
  public WordListModerator(Map<String, List<String>> lists) {
    categories = new TreeSet<>(lists.keySet());
    lists.forEach((category, entries) -> entries.forEach(entry -> add(category, entry)));
  }

  private void add(String category, String entry) {
    String plain = PlainForm.of(entry);
    if (plain.isBlank()) {
      throw new ConfigException(
          "the list %s has «%s», which has no letter; take it out".formatted(category, entry));
    }
    // Chinese has no blanks around its words.
    boolean from = Character.isIdeographic(plain.codePointAt(1));
    boolean to = Character.isIdeographic(plain.codePointBefore(plain.length() - 1));
    String wanted = plain.substring(from ? 1 : 0, plain.length() - (to ? 1 : 0));
    Node node = root;
    for (int i = 0; i < wanted.length(); i++) {
      node = node.next.computeIfAbsent(wanted.charAt(i), _ -> new Node());
    }
    node.categories.add(category);
  }

  @Override
  public Set<String> categories() {
    return Set.copyOf(categories);
  }

  @Override
  public ModerationVerdict judge(String text) {
    String plain = PlainForm.of(text);
    var found = new TreeSet<String>();
    for (int from = 0; from < plain.length(); from++) {
      Node node = root.next.get(plain.charAt(from));
      for (int i = from + 1; node != null; i++) {
        found.addAll(node.categories);
        node = i < plain.length() ? node.next.get(plain.charAt(i)) : null;
      }
    }
    var scores = new TreeMap<String, Double>();
    categories.forEach(category -> scores.put(category, found.contains(category) ? 1d : 0d));
    return new ModerationVerdict(scores, found);
  }
}
