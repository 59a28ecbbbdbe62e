package dev.imago.serve.upstreams;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.accounts.TokenUse;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What another server says that it used.
class UsageReaderTest {
  private static final String SAID = "data: {\"choices\":[{}],\"usage\":null}\n\n";
  private static final String USED =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":5,"
          + "\"prompt_tokens_details\":{\"cached_tokens\":3},"
          + "\"completion_tokens_details\":{\"reasoning_tokens\":9}}}\n\n";
  private static final String END = "data: [DONE]\n\n";

  private static final TokenUse USE = new TokenUse(7, 3, 5, 5);

  private static String passed(String text, int cut, boolean stream, boolean hidden, TokenUse told)
      throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream();
    try (var reader = new UsageReader(out, stream, hidden)) {
      reader.write(bytes, 0, cut);
      reader.write(bytes, cut, bytes.length - cut);
      assertEquals(told, reader.told());
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void whatNobodyAskedForIsKeptBackAtEveryCut() throws Exception {
    String all = SAID + USED + END;
    for (int cut = 0; cut <= all.length(); cut++) {
      assertEquals(SAID + END, passed(all, cut, true, true, USE));
      assertEquals(all, passed(all, cut, true, false, USE));
    }
  }

  @Test
  void aLineWithoutItsEndIsPassedOnAtTheEnd() throws Exception {
    assertEquals("data: x", passed("data: x", 3, true, true, TokenUse.NONE));
  }

  @Test
  void aWholeAnswerIsPassedOnAsItIs() throws Exception {
    String answer = USED.substring(6).strip();
    assertEquals(answer, passed(answer, 9, false, true, USE));
    assertEquals("{\"usage\"", passed("{\"usage\"", 3, false, true, TokenUse.NONE));
    String negative = "{\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":2}}";
    assertEquals(negative, passed(negative, 0, false, false, new TokenUse(0, 0, 2, 0)));
  }
}
