package dev.imago.tokenizers.normalizers;

import dev.imago.regex.MatchSink;
import dev.imago.regex.OnigRegex;
import dev.imago.tokenizers.aligned.AlignedText;
import tools.jackson.core.JsonGenerator;

/// Puts one text in the place of every occurrence of a pattern. What is put in comes from where the
/// last character of what it replaces does.
public final class ReplaceNormalizer implements Normalizer {
  /// Finds occurrences from left to right, none within another, and no empty one where another
  /// ended.
  private interface Matcher {
    void findAll(String text, MatchSink sink);
  }

  private final boolean isRegex;
  private final String pattern;
  private final String content;
  private final Matcher matcher;

  private ReplaceNormalizer(boolean isRegex, String pattern, String content, Matcher matcher) {
    this.isRegex = isRegex;
    this.pattern = pattern;
    this.content = content;
    this.matcher = matcher;
  }

  /// Whether the pattern is a regular expression.
  public boolean isRegex() {
    return isRegex;
  }

  /// What is looked for.
  public String pattern() {
    return pattern;
  }

  /// What is put in its place.
  public String content() {
    return content;
  }

  /// Replaces a text.
  public static ReplaceNormalizer ofString(String pattern, String content) {
    return new ReplaceNormalizer(
        false,
        pattern,
        content,
        (text, sink) -> {
          int at = text.indexOf(pattern);
          while (at >= 0) {
            sink.match(at, at + pattern.length());
            // The empty one is before each character and after the last.
            int next =
                !pattern.isEmpty()
                    ? at + pattern.length()
                    : at < text.length() ? at + Character.charCount(text.codePointAt(at)) : at + 1;
            at = next > text.length() ? -1 : text.indexOf(pattern, next);
          }
        });
  }

  /// Replaces what a regular expression in Oniguruma's syntax matches.
  ///
  /// @throws IllegalArgumentException where it is not one
  public static ReplaceNormalizer ofRegex(String pattern, String content) {
    return new ReplaceNormalizer(true, pattern, content, OnigRegex.compile(pattern)::findAll);
  }

  @Override
  public AlignedText apply(AlignedText text) {
    if (text.isEmpty()) {
      return text;
    }
    if (!text.isTracked() && !isRegex && !pattern.isEmpty()) {
      String now = text.text().replace(pattern, content);
      return now.equals(text.text()) ? text : text.untracked(now);
    }
    var rewriting = text.rewrite();
    int[] kept = {0};
    matcher.findAll(
        text.text(),
        (from, to) -> {
          rewriting.keep(kept[0], from);
          if (!content.isEmpty()) {
            rewriting.put(content, to == 0 ? AlignedText.START : to - 1);
          }
          kept[0] = to;
        });
    return rewriting.keep(kept[0], text.length()).done();
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Replace");
    out.writeObjectPropertyStart("pattern");
    out.writeStringProperty(isRegex ? "Regex" : "String", pattern);
    out.writeEndObject();
    out.writeStringProperty("content", content);
    out.writeEndObject();
  }
}
