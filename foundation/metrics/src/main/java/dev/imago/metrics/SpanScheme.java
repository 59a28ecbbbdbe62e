package dev.imago.metrics;

import java.util.ArrayList;
import java.util.List;

/// How tags tell spans: the lenient readings of conlleval and seqeval, which take any mixture, and
/// the strict schemes of seqeval, of which a span that breaks off is none.
public enum SpanScheme {
  /// As conlleval reads `B`, `I`, `E` and `O` (Tjong Kim Sang & Buchholz 2000, W00-0726): a span
  /// also begins at an `I` after `O` or after another type.
  CONLLEVAL("BB IB OB OI EE EI OE", "BB BO IB IO EE EI EO"),
  /// As seqeval reads `B`, `I`, `E`, `S` and `O` unless it is told to be strict.
  SEQEVAL("*B *S EE EI SE SI OE OI", "E* S* BB BS BO IB IS IO"),
  /// `B` only where a span follows another of its type.
  IOB1("BIO", "OI II! BI IB= BB=", "BI= II=", "II! IO IB BO BI! BB="),
  /// `B` at each beginning.
  IOB2("BIO", "*B", "BI= II=", "IO II! IB BO BI! BB"),
  /// `E` only where a span stands before another of its type.
  IOE1("IEO", "OI II! EI EE=", "II= IE=", "II! IO IE! EI= EE="),
  /// `E` at each end.
  IOE2("IEO", "OI OE EI EE II! IE!", "IE= II=", "E*"),
  /// `S` of spans of one word.
  IOBES("BIESO", "*B *S", "BI= BE= II= IE=", "S* E*"),
  /// The same, where `L` is the last word and `U` the only one.
  BILOU("BILUO", "*B *U", "BI= BL= II= IL=", "U* L*");

  private final boolean strict;
  private final String prefixes;
  private final List<String> starts;
  private final List<String> insides;
  private final List<String> ends;

  /// Of two neighbouring tags, `=` of one type, `!` of two, neither of any; `*` is any tag.
  SpanScheme(String prefixes, String starts, String insides, String ends) {
    this.strict = true;
    this.prefixes = prefixes;
    this.starts = List.of(starts.split(" "));
    this.insides = List.of(insides.split(" "));
    this.ends = List.of(ends.split(" "));
  }

  /// Lenient ones: a change of type begins and ends spans, too.
  SpanScheme(String starts, String ends) {
    this.strict = false;
    this.prefixes = "";
    this.starts = List.of(starts.split(" "));
    this.insides = List.of();
    this.ends = List.of(ends.split(" "));
  }

  private record Tag(String prefix, String type) {
    boolean outside() {
      return prefix.equals(Span.OUTSIDE);
    }
  }

  /// The spans of a sentence, in its order. A tag is `O`, or a prefix with a type, such as `B-PER`.
  ///
  /// @throws IllegalArgumentException where a strict scheme has no such prefix
  public List<Span> spans(List<String> tags) {
    List<Tag> read = new ArrayList<>(tags.size() + 1);
    tags.forEach(tag -> read.add(tag(tag)));
    read.add(tag(Span.OUTSIDE));
    return strict ? whole(read) : begun(read);
  }

  /// A tag whose prefix stands at its end, such as `PER-B`, with it at the beginning.
  public static String ofSuffixed(String tag) {
    int dash = tag.lastIndexOf('-');
    return dash < 0 ? tag : tag.substring(dash + 1) + "-" + tag.substring(0, dash);
  }

  private Tag tag(String tag) {
    if (tag.isEmpty()) {
      throw new IllegalArgumentException("a tag is empty; O is the tag of a word in no span");
    }
    int dash = tag.indexOf('-');
    if (this == CONLLEVAL) {
      return dash < 0 ? new Tag(tag, "") : new Tag(tag.substring(0, dash), tag.substring(dash + 1));
    }
    String prefix = tag.substring(0, 1);
    if (strict && !prefixes.contains(prefix)) {
      throw new IllegalArgumentException(
          "the tag %s does not fit %s, whose prefixes are %s; name the scheme that the tags have"
              .formatted(tag, this, String.join(", ", prefixes.split(""))));
    }
    if (strict) {
      String type = tag.substring(1).replaceAll("^-+|-+$", "");
      return new Tag(prefix, type.isEmpty() ? "_" : type);
    }
    String type = dash > 0 ? tag.substring(dash + 1) : tag.substring(1);
    return new Tag(prefix, type.isEmpty() ? "_" : type);
  }

  /// Spans that begin somewhere, up to where they end or another begins.
  private List<Span> begun(List<Tag> tags) {
    var spans = new ArrayList<Span>();
    Tag before = new Tag(Span.OUTSIDE, "");
    int from = 0;
    for (int i = 0; i < tags.size(); i++) {
      Tag tag = tags.get(i);
      boolean other = !before.type.equals(tag.type);
      if (any(ends, before, tag) || !before.outside() && other) {
        spans.add(new Span(before.type, from, i));
      }
      if (any(starts, before, tag) || !tag.outside() && other) {
        from = i;
      }
      before = tag;
    }
    return spans;
  }

  /// Spans that begin, go on and end as the scheme has it.
  private List<Span> whole(List<Tag> tags) {
    var spans = new ArrayList<Span>();
    Tag before = tags.getLast();
    for (int i = 0; i < tags.size(); ) {
      Tag tag = tags.get(i);
      if (!any(starts, before, tag)) {
        before = tag;
        i++;
        continue;
      }
      int end = i + 1;
      while (end < tags.size() && any(insides, tags.get(end - 1), tags.get(end))) {
        end++;
      }
      if (any(ends, tags.get(end - 1), tags.get(end))) {
        spans.add(new Span(tag.type, i, end));
      }
      before = tags.get(end - 1);
      i = end;
    }
    return spans;
  }

  private static boolean any(List<String> patterns, Tag before, Tag tag) {
    for (String pattern : patterns) {
      boolean types =
          pattern.length() == 2 || (pattern.charAt(2) == '=') == before.type.equals(tag.type);
      if (types && fits(pattern.charAt(0), before.prefix) && fits(pattern.charAt(1), tag.prefix)) {
        return true;
      }
    }
    return false;
  }

  private static boolean fits(char pattern, String prefix) {
    return pattern == '*' || prefix.length() == 1 && prefix.charAt(0) == pattern;
  }
}
