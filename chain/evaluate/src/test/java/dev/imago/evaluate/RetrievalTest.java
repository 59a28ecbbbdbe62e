package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetrievalTest {
  @Test
  void everyPromptFindsItself() {
    var prompts = new ArrayList<String>();
    var random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      var prompt = new StringBuilder("public void ");
      for (int w = 0; w < 4; w++) {
        prompt.append("Word").append((char) ('A' + random.nextInt(26))).append("x".repeat(w));
      }
      prompts.add(prompt.append(i).append("(int value)").toString());
    }
    var index = new Retrieval(prompts);
    for (int i = 0; i < prompts.size(); i++) {
      assertEquals(i, index.nearest(prompts.get(i)));
    }
  }

  @Test
  void rareSubWordsTellMoreThanCommonOnes() {
    var index =
        new Retrieval(
            List.of(
                "public int read(byte[] buffer)",
                "public int size()",
                "public void flushBuffer(int limit)"));
    assertEquals(2, index.nearest("protected boolean flush(int size, int limit)"));
    assertEquals(1, index.nearest("long size()"));
  }

  @Test
  void nothingInCommonFindsNothing() {
    var index = new Retrieval(List.of("public int size()", "public int length()"));
    assertEquals(-1, index.nearest("void close()"));
    assertEquals(-1, index.nearest(""));
  }

  @Test
  void tiesGoToTheEarlier() {
    var index = new Retrieval(List.of("int foo()", "int bar()", "int foo()"));
    assertEquals(0, index.nearest("long foo()"));
  }

  @Test
  void identifiersPartAtHumpsDigitsAndIdeographs() {
    assertEquals(
        List.of("read", "fully", "input", "stream", "in"),
        Retrieval.subWords("readFully(InputStream in)"));
    assertEquals(
        List.of("xml", "reader", "2", "max", "value", "utf", "8"),
        Retrieval.subWords("XMLReader2 MAX_VALUE UTF8"));
    assertEquals(List.of("返", "回", "length"), Retrieval.subWords("返回length"));
    assertEquals(List.of(), Retrieval.subWords(" (),;"));
  }
}
