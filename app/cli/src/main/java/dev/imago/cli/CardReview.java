package dev.imago.cli;

import dev.imago.cli.CardAnswers.Question;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What stands between an artifact and its publication: questions that nobody answered, and
/// licences that forbid it.
///
/// Of licences it reads what their own identifiers and addresses say (`by-nc`, `by-nd`, `by-sa`)
/// and plain refusals. It is no lawyer: what it finds forbids, what it does not find allows
/// nothing.
///
/// @param carbonAsked whether the energy is known, and what the electricity emits is not
record CardReview(Set<Question> open, boolean carbonAsked, List<String> forbidden) {
  private static final Pattern NO_DERIVATIVES =
      Pattern.compile("\\bby(-nc)?-nd\\b|no[- ]?derivatives");
  private static final Pattern NON_COMMERCIAL = Pattern.compile("\\bnc\\b|non-?commercial");
  private static final Pattern SHARE_ALIKE = Pattern.compile("\\bsa\\b|share-?alike");
  private static final Pattern RESERVED = Pattern.compile("all rights reserved");

  static CardReview of(CardFacts facts, CardAnswers answers) {
    Set<Question> asked = EnumSet.allOf(Question.class);
    asked.remove(Question.CITATION);
    if (!facts.card().name().isBlank()) {
      asked.remove(Question.NAME);
    }
    if (facts.unlicensed() == 0 && !facts.foreignLabels()) {
      asked.remove(Question.SOURCES_LICENCE);
    }
    if (facts.imports().isEmpty()) {
      asked.remove(Question.BASE_MODEL);
    }
    if (facts.imports().isEmpty() || !facts.importLicences().isEmpty()) {
      asked.remove(Question.BASE_LICENCE);
    }
    asked.removeAll(answers.texts().keySet());
    boolean isAsked = facts.took().isPresent() && answers.carbon().isEmpty();
    return new CardReview(asked, isAsked, forbidden(facts, answers));
  }

  private static List<String> forbidden(CardFacts facts, CardAnswers answers) {
    var to = new ArrayList<String>();
    String own = lower(answers.to(Question.LICENSE).orElse(""));
    facts
        .licences()
        .forEach(
            (licence, documents) ->
                check(to, "%,d documents are".formatted(documents), licence, own, facts));
    answers
        .to(Question.SOURCES_LICENCE)
        .ifPresent(l -> check(to, "text without a licence of its own is", l, own, facts));
    facts
        .importLicences()
        .forEach(l -> check(to, "the model that it was made from is", l, own, facts));
    answers
        .to(Question.BASE_LICENCE)
        .ifPresent(l -> check(to, "the model that it was made from is", l, own, facts));
    return to;
  }

  private static void check(
      List<String> to, String what, String licence, String own, CardFacts facts) {
    String text = lower(licence);
    String under = what + " under «" + licence + "»";
    if (NO_DERIVATIVES.matcher(text).find()) {
      to.add(under + ", which allows nothing to be made of it");
    } else if (RESERVED.matcher(text).find()) {
      to.add(under + ", which allows nothing");
    } else if (NON_COMMERCIAL.matcher(text).find()
        && !own.isEmpty()
        && !NON_COMMERCIAL.matcher(own).find()) {
      to.add(under + ", which allows no trade; «" + own + "» does");
    } else if (!facts.ofModel()
        && SHARE_ALIKE.matcher(text).find()
        && !own.isEmpty()
        && !SHARE_ALIKE.matcher(own).find()) {
      to.add(under + ", which asks for the same licence; «" + own + "» is another");
    }
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /// All that keeps it from being published, a line each; empty where nothing does.
  List<String> obstacles() {
    var lines = new ArrayList<String>();
    forbidden.forEach(f -> lines.add("forbidden: " + f));
    open.forEach(q -> lines.add("open: " + q.field + ": " + q.asks));
    if (carbonAsked) {
      lines.add("open: carbon_intensity: what does the electricity emit, and where does it stand?");
    }
    return lines;
  }
}
