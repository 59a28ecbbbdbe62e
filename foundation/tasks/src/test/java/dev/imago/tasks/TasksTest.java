package dev.imago.tasks;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.tasks.answering.Answering;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TasksTest {
  @TempDir Path labels;

  @Test
  void labelsThatNameNoTaskAreAnswers() {
    assertInstanceOf(Answering.class, Tasks.read(labels));
  }

  @Test
  void whatIsWrittenIsRead() {
    Tasks.write(labels, new Answering());
    assertInstanceOf(Answering.class, Tasks.read(labels));
  }

  @Test
  void anUnknownTaskIsRefusedWithThoseThatThereAre() throws Exception {
    Files.writeString(labels.resolve(Tasks.FILE), "{\"task\": \"anser\"}");
    var error = assertThrows(InputException.class, () -> Tasks.read(labels));
    assertTrue(error.getMessage().contains("task = «anser» is not known"), error.getMessage());
    assertTrue(error.getMessage().contains("answer"), error.getMessage());
    Files.writeString(labels.resolve(Tasks.FILE), "{");
    assertThrows(InputException.class, () -> Tasks.read(labels));
  }
}
