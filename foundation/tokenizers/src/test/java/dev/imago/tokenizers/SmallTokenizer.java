package dev.imago.tokenizers;

import dev.imago.fixtures.SampleTexts;
import dev.imago.tokenizers.bytelevel.ByteLevel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A byte-level tokenizer of this module's own sources and of text that is hard on one, learned in
/// the plainest way: the module that trains vocabularies stands on this one.
final class SmallTokenizer {
  private static final List<String> SPECIAL =
      List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");

  private SmallTokenizer() {}

  static Tokenizer train(int vocabularySize) {
    var words = new LinkedHashMap<String, Integer>();
    for (String text : SampleTexts.list()) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      for (int from = 0; from < utf8.length; ) {
        int to = SplitPattern.QWEN2.end(utf8, from, utf8.length);
        words.merge(spelt(utf8, from, to), 1, Integer::sum);
        from = to;
      }
    }
    var tokens = new ArrayList<String>(SPECIAL);
    for (int b = 0; b < 256; b++) {
      tokens.add(String.valueOf(ByteLevel.spell(b)));
    }
    var known = new HashSet<String>(tokens);
    var merges = new ArrayList<String>();
    List<Word> split = new ArrayList<>();
    words.forEach((word, count) -> split.add(new Word(letters(word), count)));
    while (tokens.size() < vocabularySize) {
      String merge = mostFrequent(split);
      merges.add(merge);
      String merged = merge.replace(" ", "");
      if (known.add(merged)) {
        tokens.add(merged);
      }
      split.forEach(word -> word.merge(merge, merged));
    }
    return Tokenizer.fromVocabulary(SplitPattern.QWEN2, tokens, merges, Set.of(0, 1, 2));
  }

  private static String spelt(byte[] utf8, int from, int to) {
    var spelling = new StringBuilder();
    for (int i = from; i < to; i++) {
      spelling.append(ByteLevel.spell(utf8[i] & 0xff));
    }
    return spelling.toString();
  }

  private static List<String> letters(String word) {
    return new ArrayList<>(word.chars().mapToObj(c -> String.valueOf((char) c)).toList());
  }

  private record Word(List<String> parts, int count) {
    void merge(String pair, String merged) {
      for (int i = 0; i + 1 < parts.size(); i++) {
        if (pair.equals(parts.get(i) + " " + parts.get(i + 1))) {
          parts.set(i, merged);
          parts.remove(i + 1);
        }
      }
    }
  }

  private static String mostFrequent(List<Word> words) {
    Map<String, Integer> counts = new HashMap<>();
    for (Word word : words) {
      for (int i = 0; i + 1 < word.parts.size(); i++) {
        counts.merge(word.parts.get(i) + " " + word.parts.get(i + 1), word.count, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .orElseThrow()
        .getKey();
  }
}
