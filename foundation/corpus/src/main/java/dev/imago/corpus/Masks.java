package dev.imago.corpus;

import dev.imago.core.ConfigException;
import dev.imago.masking.MaskAction;
import dev.imago.masking.MaskRules;
import dev.imago.masking.MaskedText;
import dev.imago.masking.Masker;
import dev.imago.masking.PersonalKind;
import dev.imago.masking.Replacements;
import java.util.EnumSet;
import java.util.Set;

/// Takes what may lead to a person out of documents: `<EMAIL>` and `<IP_ADDRESS>`, the form of
/// StarCoder's placeholders (Li et al. 2023, arXiv:2305.06161 §4), and of whatever else the rules
/// name. Numbered placeholders say within a document which are the same.
final class Masks {
  private final Masker masker;

  Masks(CorpusRules rules) {
    masker = new Masker(MaskRules.of(kinds(rules), action(rules)));
  }

  /// @throws ConfigException for a kind or an action that is not
  static void check(CorpusRules rules) {
    action(rules);
    kinds(rules);
  }

  private static Set<PersonalKind> kinds(CorpusRules rules) {
    var kinds = EnumSet.noneOf(PersonalKind.class);
    rules.maskMore().forEach(kind -> kinds.add(PersonalKind.of(kind)));
    if (kinds.contains(PersonalKind.NAME)) {
      throw new ConfigException("maskMore names «name», which needs a model that tells names");
    }
    if (rules.maskEmails()) {
      kinds.add(PersonalKind.EMAIL);
    }
    if (rules.maskAddresses()) {
      kinds.add(PersonalKind.IP_ADDRESS);
    }
    return kinds;
  }

  private static MaskAction action(CorpusRules rules) {
    return switch (MaskAction.of(rules.maskAs())) {
      case MASK -> MaskAction.MASK;
      case NUMBER -> MaskAction.NUMBER;
      case NOTE -> MaskAction.NOTE;
      case PSEUDONYM, BLOCK ->
          throw new ConfigException(
              "maskAs = %s is for `imago mask` and the server; a corpus takes mask, number or note"
                  .formatted(rules.maskAs()));
    };
  }

  /// @param text of a whole document
  MaskedText mask(String text) {
    return masker.mask(text, Replacements.placeholders());
  }
}
