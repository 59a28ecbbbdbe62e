package dev.imago.annotate;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EndElementTree;
import com.sun.source.doctree.EntityTree;
import com.sun.source.doctree.EscapeTree;
import com.sun.source.doctree.IndexTree;
import com.sun.source.doctree.InheritDocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.RawTextTree;
import com.sun.source.doctree.ReferenceTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.doctree.StartElementTree;
import com.sun.source.doctree.SummaryTree;
import com.sun.source.doctree.SystemPropertyTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.doctree.ValueTree;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The first sentence of a doc comment as plain text on one line.
final class FirstSentence {
  private static final Map<String, String> ENTITIES =
      Map.ofEntries(
          Map.entry("lt", "<"),
          Map.entry("gt", ">"),
          Map.entry("amp", "&"),
          Map.entry("quot", "\""),
          Map.entry("apos", "'"),
          Map.entry("nbsp", " "),
          Map.entry("ndash", "–"),
          Map.entry("mdash", "—"),
          Map.entry("hellip", "…"),
          Map.entry("le", "≤"),
          Map.entry("ge", "≥"),
          Map.entry("ne", "≠"),
          Map.entry("times", "×"),
          Map.entry("minus", "−"),
          Map.entry("plusmn", "±"),
          Map.entry("pi", "π"),
          Map.entry("infin", "∞"),
          Map.entry("sup2", "²"),
          Map.entry("lsquo", "‘"),
          Map.entry("rsquo", "’"),
          Map.entry("ldquo", "“"),
          Map.entry("rdquo", "”"));

  /// Elements that part words.
  private static final Set<String> BREAKS =
      Set.of(
          "p", "br", "li", "ul", "ol", "dl", "dt", "dd", "div", "pre", "table", "tr", "td", "hr");

  private final StringBuilder out = new StringBuilder();
  private boolean unusable;

  private FirstSentence() {}

  /// The sentence, unless there is none, or one that is inherited or does not parse.
  static Optional<String> of(DocCommentTree comment) {
    var sentence = new FirstSentence();
    sentence.all(comment.getFirstSentence());
    String text = tidy(sentence.out.toString());
    return sentence.unusable || text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /// Why a sentence is no good completion; empty where it is one.
  static String unfit(String sentence, int minWords, int maxWords) {
    int words = sentence.split(" ").length;
    if (words < minWords) {
      return "sentence too short";
    }
    if (words > maxWords) {
      return "sentence too long";
    }
    String lower = sentence.toLowerCase(Locale.ROOT);
    if (lower.endsWith("e.g.") || lower.endsWith("i.e.") || lower.endsWith("vs.")) {
      return "sentence cut at an abbreviation";
    }
    long letters = sentence.chars().filter(Character::isLetter).count();
    long latin = sentence.chars().filter(c -> c < 128 && Character.isLetter(c)).count();
    return 10 * latin < 9 * letters || letters == 0 ? "sentence not in English" : "";
  }

  private void all(List<? extends DocTree> trees) {
    trees.forEach(this::one);
  }

  private void one(DocTree tree) {
    switch (tree) {
      case EscapeTree escape -> out.append(escape.getBody());
      case TextTree text -> out.append(text.getBody());
      case RawTextTree markdown -> out.append(plain(markdown.getContent()));
      case LiteralTree literal -> out.append(literal.getBody().getBody());
      case LinkTree link -> {
        if (link.getLabel().isEmpty()) {
          out.append(reference(link.getReference()));
        } else {
          all(link.getLabel());
        }
      }
      case EntityTree entity -> out.append(entity(entity.getName().toString()));
      case StartElementTree start -> {
        String name = start.getName().toString().toLowerCase(Locale.ROOT);
        // Two to the power of 31 must not become 231.
        out.append(name.equals("sup") ? "^" : BREAKS.contains(name) ? " " : "");
      }
      case EndElementTree end ->
          out.append(BREAKS.contains(end.getName().toString().toLowerCase(Locale.ROOT)) ? " " : "");
      case SummaryTree summary -> all(summary.getSummary());
      case ReturnTree result -> {
        out.append("Returns ");
        all(result.getDescription());
        out.append('.');
      }
      case IndexTree index -> one(index.getSearchTerm());
      case SystemPropertyTree property -> out.append(property.getPropertyName());
      case ValueTree value -> {
        if (value.getReference() == null) {
          unusable = true;
        } else {
          out.append(reference(value.getReference()));
        }
      }
      case InheritDocTree inherited -> unusable = true;
      default -> {
        switch (tree.getKind()) {
          case COMMENT -> {}
          // What does not parse, and tags of which only a doclet knows the text.
          default -> unusable = true;
        }
      }
    }
  }

  /// `java.util.List#add(Object)` as javadoc shows it: `List.add(Object)`.
  private static String reference(ReferenceTree reference) {
    String signature = reference.getSignature();
    int hash = signature.indexOf('#');
    String type = hash < 0 ? signature : signature.substring(0, hash);
    String member = hash < 0 ? "" : signature.substring(hash + 1);
    type = type.replaceFirst("^(?:[a-z][\\w$]*\\.)+(?=[A-Z])", "");
    return type.isEmpty() ? member : member.isEmpty() ? type : type + "." + member;
  }

  private static String entity(String name) {
    if (!name.startsWith("#")) {
      return ENTITIES.getOrDefault(name, " ");
    }
    boolean hex = name.startsWith("#x") || name.startsWith("#X");
    try {
      int code = Integer.parseInt(name.substring(hex ? 2 : 1), hex ? 16 : 10);
      boolean character = Character.isValidCodePoint(code) && !Character.isISOControl(code);
      return character ? Character.toString(code) : " ";
    } catch (NumberFormatException e) {
      return " ";
    }
  }

  /// Markdown's inline marks taken off: code, links, references, emphasis. Spans are bounded, or
  /// hostile text would cost the square of its length.
  static String plain(String markdown) {
    return markdown
        .replaceAll("!?\\[([^\\]\\[]{0,500})]\\([^)]{0,500}\\)", "$1")
        .replaceAll("\\[([^\\]\\[]{1,500})]\\[[^\\]]{0,500}]", "$1")
        .replaceAll("\\[([^\\]\\[]{1,500})]", "$1")
        .replaceAll("`{1,3}([^`]{0,500})`{1,3}", "$1")
        .replaceAll("(\\*\\*|__)(?=\\S)(.{1,500}?)(?<=\\S)\\1", "$2")
        .replaceAll("(?<![\\w*])[*_](?=\\S)([^*_]{1,500}?)(?<=\\S)[*_](?![\\w*])", "$1")
        .replaceAll("(?<=\\w)#(?=\\w)", ".");
  }

  /// One line; no space before punctuation where a tag left one.
  private static String tidy(String text) {
    return text.replaceAll("[\\s\\u00a0]+", " ").replaceAll(" ([.,;:!?)])(?= |$)", "$1").strip();
  }
}
