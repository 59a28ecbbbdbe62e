package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// Inputs that failed elsewhere, with what is right: see the README beside them.
class CasesTest {
  @ParameterizedTest
  @ValueSource(strings = {"emails_to_mask", "ip_addresses_to_mask", "not_personal"})
  void casesOfAddressesAreRight(String name) throws Exception {
    Path file = shared().resolveSibling("cases").resolve(name + ".jsonl");
    Assumptions.assumeTrue(Files.exists(file), "no cases: " + file);
    var masks = new Masks(CorpusRules.defaults());
    for (String line : Files.readAllLines(file)) {
      String text = JsonMapper.shared().readTree(line).path("text").stringValue();
      String masked = masks.mask(text).text();
      switch (name) {
        case "not_personal" -> assertEquals(text, masked);
        case "ip_addresses_to_mask" ->
            assertEquals(text.replace("93.184.216.34", "<IP_ADDRESS>"), masked);
        default -> assertEquals(text.replaceFirst("to \\S+@\\S+", "to <EMAIL>"), masked);
      }
    }
  }

  @Test
  void casesOfLanguagesAreTheirOwnOrNone() throws Exception {
    Path file = shared().resolveSibling("cases").resolve("languages.jsonl");
    Assumptions.assumeTrue(Files.exists(file), "no cases: " + file);
    var languages = new Languages(CorpusRules.defaults().languages(), "");
    for (String line : Files.readAllLines(file)) {
      var node = JsonMapper.shared().readTree(line);
      String id = node.path("id").stringValue().replaceFirst("-.*", "");
      boolean candidate = CorpusRules.defaults().languages().contains(id);
      assertEquals(candidate ? id : "und", languages.of(node.path("text").stringValue()), id);
    }
  }

  private static Path shared() {
    String named = System.getenv("IMAGO_SHARED");
    Path root = Path.of(System.getProperty("imago.root", "."));
    return (named == null ? root.resolve("../shared") : Path.of(named)).resolve("data");
  }
}
