package dev.imago.regex;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Map;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

final class PropertySetsTest {
  /// Planes without characters are passed over: a walk over all code points finds the same sets.
  @Test
  void setsAreThoseOfAWalkOverAllCodePoints() {
    var sets = new PropertySets();
    Map<String, IntPredicate> walked =
        Map.ofEntries(
            Map.entry("l", Character::isLetter),
            Map.entry("nd", Character::isDigit),
            Map.entry("cn", c -> Character.getType(c) == Character.UNASSIGNED),
            Map.entry("co", c -> Character.getType(c) == Character.PRIVATE_USE),
            Map.entry("cs", c -> Character.getType(c) == Character.SURROGATE),
            Map.entry("alphabetic", Character::isAlphabetic),
            Map.entry("lower", Character::isLowerCase),
            Map.entry("upper", Character::isUpperCase),
            Map.entry("ideographic", Character::isIdeographic),
            Map.entry("emoji", Character::isEmoji),
            Map.entry("emojipresentation", Character::isEmojiPresentation),
            Map.entry("emojimodifier", Character::isEmojiModifier),
            Map.entry("emojimodifierbase", Character::isEmojiModifierBase),
            Map.entry("emojicomponent", Character::isEmojiComponent),
            Map.entry("extendedpictographic", Character::isExtendedPictographic));
    walked.forEach(
        (name, test) ->
            assertArrayEquals(
                CodeSet.where(test).toArray(), sets.known(name).toArray(), "\\p{" + name + "}"));
  }
}
