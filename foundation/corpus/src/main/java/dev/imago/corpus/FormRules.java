package dev.imago.corpus;

import dev.imago.core.ConfigException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/// What is asked of text that is no running prose, and when the rule of length steps back. All
/// ours: the published rules are of web pages in prose, and drop every poem, headline and book.
///
/// @param tellApart whether forms are told apart (see the docs); where not, all but code is judged
///   as prose
/// @param minAlphabeticWords share of words with a letter
/// @param maxDuplicateLineCharacters share of characters in lines that stood before: a song repeats
///   its chorus, spam nothing else
/// @param stepBack where the rule of length alone would drop more than this share of the documents,
///   it drops none: they are short or long by nature; 1 holds to the rule. A bound that is not the
///   usual one was set by somebody, and never steps back
public record FormRules(
    boolean tellApart,
    double minAlphabeticWords,
    double maxDuplicateLineCharacters,
    double stepBack)
    implements Serializable {
  public FormRules {
    if (!(stepBack > 0 && stepBack <= 1)) {
      throw new ConfigException(
          "stepBack = %s is not above 0 and at most 1; 0.25 is usual, 1 never steps back"
              .formatted(stepBack));
    }
  }

  public static FormRules defaults() {
    return new FormRules(true, 0.3, 0.7, 0.25);
  }

  /// The rules of verse, dialogues, lists and tables, but that of length.
  List<Rule<Prose>> rules() {
    var rules = new ArrayList<>(ofShort());
    rules.add(
        Rule.atLeast("form-alphabetic-words", "ours", Prose::alphabeticWords, minAlphabeticWords));
    return rules;
  }

  /// Those of short texts, which may be a number or a sign.
  List<Rule<Prose>> ofShort() {
    return List.of(
        Rule.atMost(
            "form-duplicate-line-characters",
            "ours",
            Prose::duplicateLineCharacters,
            maxDuplicateLineCharacters));
  }
}
