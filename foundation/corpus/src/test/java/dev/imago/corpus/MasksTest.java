package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.masking.PersonalKind;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MasksTest {
  private static final String TEXT = "a@mit.edu 93.184.216.34 4111 1111 1111 1111 a@mit.edu";

  private static CorpusRules rules(String settings) {
    return Binder.bind(
        "prepare", (ObjectNode) JsonMapper.shared().readTree(settings), CorpusRules.defaults());
  }

  @Test
  void addressesAreMaskedAndCounted() {
    var masked = new Masks(CorpusRules.defaults()).mask(TEXT);
    assertEquals("<EMAIL> <IP_ADDRESS> 4111 1111 1111 1111 <EMAIL>", masked.text());
    assertEquals(2, masked.count(PersonalKind.EMAIL));
    assertEquals(3, masked.total());
  }

  @Test
  void moreIsMaskedWhereItIsAskedFor() {
    var masks = new Masks(rules("{\"maskMore\": [\"card\"], \"maskAs\": \"number\"}"));
    assertEquals("<EMAIL_1> <IP_ADDRESS_1> <CARD_1> <EMAIL_1>", masks.mask(TEXT).text());
    var none = new Masks(rules("{\"maskEmails\": false, \"maskAddresses\": false}"));
    assertEquals(TEXT, none.mask(TEXT).text());
  }

  @Test
  void whatCannotBeMaskedIsRefused() {
    for (String settings :
        new String[] {
          "{\"maskMore\": [\"cards\"]}", "{\"maskMore\": [\"name\"]}", "{\"maskAs\": \"block\"}"
        }) {
      assertThrows(ConfigException.class, () -> rules(settings).check());
    }
  }
}
