package dev.imago.pages;

import java.util.Arrays;
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

  /// Where none is around: farther than pages nest.
  static final int FAR = 30;

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

  /// What its siblings may have in common with it: its tag and class.
  final long kind;

  /// How many elements around it have names of each kind of [RegionNames], itself among them; the
  /// body and what is around that do not count.
  final int[] named;

  /// The depth of the nearest of them; −1 where there is none.
  final int[] namedAt;

  /// The depth of the nearest of each of [#ANCESTORS], itself among them; −1 where there is none.
  final int[] tagAt;

  /// How many siblings have its tag and class, itself among them.
  int alike = 1;

  /// As an article's body: what its children say in sentences.
  double score;

  /// How far it is within the region that says most; −1 where it is not.
  int inBest = -1;

  /// The nearest region around it that has the best within it, and how far that is above the best
  /// and above this one.
  @Nullable Region shared;

  int aboveBest = -1;
  int belowShared;

  private float @Nullable [] numbers;

  /// @param names bits of [RegionNames]; 0 for the body and what is around it
  Region(Element element, @Nullable Region parent, int names) {
    this.element = element;
    this.parent = parent;
    this.depth = parent == null ? 0 : parent.depth + 1;
    this.kind = BlockGroups.kind(element);
    int tag = ANCESTORS.indexOf(element.normalName());
    if (parent == null) {
      tagAt = new int[ANCESTORS.size()];
      named = new int[RegionNames.KINDS];
      namedAt = new int[RegionNames.KINDS];
      Arrays.fill(tagAt, -1);
      Arrays.fill(namedAt, -1);
    } else {
      tagAt = tag < 0 ? parent.tagAt : parent.tagAt.clone();
      named = names == 0 ? parent.named : parent.named.clone();
      namedAt = names == 0 ? parent.namedAt : parent.namedAt.clone();
    }
    if (tag >= 0) {
      tagAt[tag] = depth;
    }
    for (int kind = 0; kind < RegionNames.KINDS && names != 0; kind++) {
      if ((names >> kind & 1) != 0) {
        named[kind]++;
        namedAt[kind] = depth;
      }
    }
  }

  double linkShare() {
    return linkCharacters / Math.max(1, characters);
  }

  /// Adds what lies in a region below.
  void add(Region below) {
    characters += below.characters;
    linkCharacters += below.linkCharacters;
    words += below.words;
    blocks += below.blocks;
    punctuation += below.punctuation;
    paragraphs += below.paragraphs;
  }

  /// How far the nearest element with names of a kind is above.
  int named(int kind) {
    return namedAt[kind] < 0 ? FAR : Math.min(FAR, depth - namedAt[kind]);
  }

  /// Its part of the page's words, share of links, paragraphs, words a block, marks a word.
  float[] numbers(double pageWords) {
    float[] known = numbers;
    if (known == null) {
      known =
          new float[] {
            (float) (words / Math.max(1, pageWords)),
            (float) linkShare(),
            (float) paragraphs,
            (float) (words / Math.max(1, blocks)),
            (float) (punctuation / Math.max(1, words))
          };
      numbers = known;
    }
    return known;
  }
}
