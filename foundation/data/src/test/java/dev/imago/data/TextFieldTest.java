package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TextFieldTest {
  private static ObjectNode row(String json) {
    return (ObjectNode) JsonMapper.shared().readTree(json.replace('\'', '"'));
  }

  private static @Nullable String choose(String... rows) {
    return TextField.choose(Stream.of(rows).map(TextFieldTest::row).toList());
  }

  @Test
  void aFieldIsChosenByItsNameBeforeItsLength() {
    assertEquals("text", choose("{'url':'http://a','text':'hi','content':'longer than that'}"));
    assertEquals("Content", choose("{'title':'a much longer title','Content':'short'}"));
    assertEquals("para", choose("{'title':'t','para':['one','two']}"));
  }

  @Test
  void withoutAKnownNameTheLongestTextIsChosen() {
    assertEquals(
        "words",
        choose(
            "{'id':'c7e1c5d0-aaaa-bbbb-cccc-1234567890ab-1234567890','words':'some words here'}",
            "{'id':'c7e1c5d0-aaaa-bbbb-cccc-1234567890ab-1234567890','words':'and some more'}"));
    assertNull(choose("{'a':1,'b':true}", "{'u':'https://example.org/'}"));
  }

  @Test
  void aNameThatHoldsNoTextInMostRowsIsPassedOver() {
    assertEquals(
        "words",
        choose(
            "{'text':'','words':'a b c'}",
            "{'text':'','words':'d e'}",
            "{'text':'x','words':'f'}"));
  }

  @Test
  void listsAreLinesAndListsOfObjectsParagraphs() {
    assertEquals("a\nb", TextField.text(row("{'x':['a','b']}").path("x")));
    assertEquals(
        "a\n\nb", TextField.text(row("{'x':[{'context':'a','n':1},{'context':'b'}]}").path("x")));
    for (String none : List.of("{'x':1}", "{'x':' '}", "{'x':[]}", "{'x':{'n':1}}", "{}")) {
      assertNull(TextField.text(row(none).path("x")), none);
    }
  }
}
