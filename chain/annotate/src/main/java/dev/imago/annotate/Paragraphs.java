package dev.imago.annotate;

import dev.imago.data.Sentences;
import java.util.ArrayList;
import java.util.List;

/// Cuts plain text into paragraphs, and these into sentences, whichever way its lines are broken.
///
/// Blank lines part paragraphs. Within one, lines that are wrapped, each broken where the next word
/// had no room, are joined. Else a line that holds several sentences is a paragraph by itself, as
/// in files of one paragraph a line, and the others are joined, each with an end of its own, as in
/// verse.
final class Paragraphs {
  /// Nobody wraps prose at fewer columns.
  private static final int NARROWEST = 50;

  private Paragraphs() {}

  /// @return the sentences of each paragraph, in the text's order
  static List<List<String>> of(String text) {
    var paragraphs = new ArrayList<List<String>>();
    var block = new ArrayList<String>();
    for (String line : text.split("\n", -1)) {
      String stripped = line.strip();
      if (stripped.isEmpty()) {
        cut(block, paragraphs);
        block.clear();
      } else {
        block.add(stripped);
      }
    }
    cut(block, paragraphs);
    return paragraphs;
  }

  private static void cut(List<String> lines, List<List<String>> paragraphs) {
    if (lines.isEmpty()) {
      return;
    }
    if (wrapped(lines)) {
      paragraphs.add(Sentences.of(joined(lines)));
      return;
    }
    var verse = new ArrayList<String>();
    for (String line : lines) {
      List<String> sentences = Sentences.of(line);
      if (sentences.size() > 1) {
        add(verse, paragraphs);
        paragraphs.add(sentences);
        verse.clear();
      } else {
        verse.addAll(sentences);
      }
    }
    add(verse, paragraphs);
  }

  private static void add(List<String> sentences, List<List<String>> paragraphs) {
    if (!sentences.isEmpty()) {
      paragraphs.add(List.copyOf(sentences));
    }
  }

  private static boolean wrapped(List<String> lines) {
    int widest = lines.stream().mapToInt(Paragraphs::columns).max().orElse(0);
    // Lines that all end a sentence are no wrapped ones: these are broken anywhere.
    if (widest < NARROWEST || lines.stream().allMatch(Sentences::ended)) {
      return false;
    }
    for (int i = 0; i + 1 < lines.size(); i++) {
      String next = lines.get(i + 1);
      boolean ideographs = Sentences.ideograph(next.codePointAt(0));
      int word = ideographs ? 2 : 1 + columns(next.split(" ", 2)[0]);
      // A mark that may not begin a line takes an ideograph with it.
      int slack = ideographs ? 4 : 0;
      if (columns(lines.get(i)) + word + slack <= widest) {
        return false;
      }
    }
    return true;
  }

  /// Lines as one; no space between ideographs, which have none.
  static String joined(List<String> lines) {
    var text = new StringBuilder();
    for (String line : lines) {
      boolean spaced =
          !text.isEmpty() && (latin(text.charAt(text.length() - 1)) || latin(line.charAt(0)));
      text.append(spaced ? " " : "").append(line);
    }
    return text.toString();
  }

  private static boolean latin(char c) {
    return c < '\u2e80';
  }

  /// The width on a terminal, where East Asian characters take two columns.
  private static int columns(String line) {
    return (int) line.chars().map(c -> latin((char) c) ? 1 : 2).sum();
  }
}
