package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorpusRulesTest {
  @Test
  void theBoundOfEveryRuleIsNamed() {
    var rules = CorpusRules.defaults();
    var names =
        new ArrayList<String>(
            List.of(CorpusRules.EXACT, CorpusRules.NEAR, CorpusRules.ADDRESS, "language"));
    rules.prose().rules("en").forEach(rule -> names.add(rule.name()));
    rules.code().rules().forEach(rule -> names.add(rule.name()));
    for (String rule : names) {
      String bound = String.join(", ", rules.settings(rule));
      assertTrue(bound.matches("[\\w.]+=.+"), bound);
      assertEquals(
          rule.matches("gopher-duplicate-\\d+-grams"), bound.contains("maxDuplicateNgrams"), rule);
    }
    assertEquals(
        "code.minAlphanumeric=0.25", String.join(", ", rules.settings("code-alphanumeric")));
    assertEquals("nearDuplicates=true", String.join(", ", rules.settings(CorpusRules.NEAR)));
  }
}
