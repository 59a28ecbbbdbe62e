package dev.imago.tasks.parsing;

import java.util.List;

/// A sentence and its dependency tree.
///
/// @param id stable and unique in its labels
/// @param tags the words' parts of speech; empty where they are not known
/// @param heads the place of each word's head, from 1; 0 of the root
/// @param relations of each word to its head, such as `nsubj`
/// @param source the file that it came from
public record ParsedWords(
    String id,
    List<String> words,
    List<String> tags,
    List<Integer> heads,
    List<String> relations,
    String source) {
  public ParsedWords {
    if (words == null || words.isEmpty() || heads == null || relations == null) {
      throw new IllegalArgumentException(
          "words, heads and relations are a list each, with one word at least");
    }
    tags = tags == null ? List.of() : List.copyOf(tags);
    int n = words.size();
    if (heads.size() != n || relations.size() != n || (!tags.isEmpty() && tags.size() != n)) {
      throw new IllegalArgumentException(
          "%d words have %d heads, %d relations and %d tags; each has one"
              .formatted(n, heads.size(), relations.size(), tags.size()));
    }
    words = List.copyOf(words);
    heads = List.copyOf(heads);
    relations = List.copyOf(relations);
    String fault = fault(heads);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
  }

  /// What is wrong with some heads; empty where they are a tree of the root.
  static String fault(List<Integer> heads) {
    int n = heads.size();
    for (int i = 0; i < n; i++) {
      if (heads.get(i) < 0 || heads.get(i) > n || heads.get(i) == i + 1) {
        return "word %d has the head %d; it is 0, or another of the %d words"
            .formatted(i + 1, heads.get(i), n);
      }
    }
    // On the way from which word each was met; a way ends where an earlier one went on to the root.
    int[] met = new int[n + 1];
    for (int word = 1; word <= n; word++) {
      int at = word;
      while (at != 0 && met[at] == 0) {
        met[at] = word;
        at = heads.get(at - 1);
      }
      if (at != 0 && met[at] == word) {
        return "the heads of word %d lead in a circle, not to the root".formatted(word);
      }
    }
    return "";
  }
}
