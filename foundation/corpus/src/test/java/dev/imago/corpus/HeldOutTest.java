package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.data.Split;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldOutTest {
  private static final List<String> IDS =
      List.of("test.txt", "test.txt#2", "valid.txt", "valid.txt#2", "a/test.txt");

  private static CorpusRules holding(String... patterns) {
    CorpusRules d = CorpusRules.defaults();
    return new CorpusRules(
        0.5,
        0,
        List.of(patterns),
        d.languages(),
        d.keepLanguages(),
        d.prose(),
        d.forms(),
        d.code(),
        d.stripLicences(),
        d.exactDuplicates(),
        d.nearDuplicates(),
        d.nearDuplicateSimilarity(),
        d.repeats(),
        d.decontaminate(),
        d.maskEmails(),
        d.maskAddresses(),
        d.maskMore(),
        d.maskAs(),
        d.minKept());
  }

  private static List<String> held(String... patterns) {
    HeldOut held = HeldOut.of(holding(patterns), IDS);
    return IDS.stream().filter(id -> held.side(id) == Split.HELDOUT).toList();
  }

  @Test
  void thoseThatAreNamedAreHeldOutAndNoOthers() {
    assertEquals(List.of("test.txt", "test.txt#2"), held("test*"));
    assertEquals(List.of("test.txt", "test.txt#2", "a/test.txt"), held("*test.txt*"));
    assertEquals(List.of("test.txt", "valid.txt#2"), held("test.txt", "valid.txt#2"));
    assertEquals(List.of("test.txt#2"), held("test?txt", "test.txt#2"), "only * is any text");
  }

  @Test
  void noneAndAllAreRefusedWithTheIdsThatThereAre() {
    var none = assertThrows(InputException.class, () -> held("dev*"));
    assertEquals(
        "prepare.heldoutDocuments = [dev*] is the id of none of the 5 documents that are kept, such"
            + " as a/test.txt, test.txt, test.txt#2; name some of them, * for any text",
        none.getMessage());
    var all = assertThrows(InputException.class, () -> held("*"));
    assertTrue(all.getMessage().contains("of each of the 5 documents"), all.getMessage());
  }
}
