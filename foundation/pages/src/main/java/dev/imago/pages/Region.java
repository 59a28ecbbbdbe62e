package dev.imago.pages;

import java.util.List;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/// What is known of an element and all of the text below it, counted once a page.
final class Region {
  /// As many elements, one in another, have regions of their own: no page that is read nests
  /// deeper.
  static final int DEEPEST = 400;

  /// Elements that tell what they are for.
  static final List<String> ANCESTORS =
      List.of(
          "article",
          "main",
          "section",
          "nav",
          "header",
          "footer",
          "aside",
          "form",
          "table",
          "ul",
          "ol",
          "figure",
          "blockquote",
          "details");

  final int depth;
  final Element element;
  final @Nullable Region parent;
  double characters;
  double linkCharacters;
  double words;
  double blocks;
  double punctuation;

  /// Blocks that read as paragraphs.
  double paragraphs;

  /// Kinds of words in its class, id and role: bits of [RegionNames].
  final int names;

  /// Which of the elements it is that tell what they are for: of [#ANCESTORS], else −1.
  final int tag;

  /// How many siblings have its tag and class, itself among them.
  int alike = 1;

  /// As an article's body: what its children say in sentences.
  double score;

  Region(Element element, @Nullable Region parent) {
    this.element = element;
    this.parent = parent;
    this.depth = parent == null ? 0 : parent.depth + 1;
    this.names = RegionNames.of(element);
    this.tag = ANCESTORS.indexOf(element.normalName());
  }

  double linkShare() {
    return linkCharacters / Math.max(1, characters);
  }
}
