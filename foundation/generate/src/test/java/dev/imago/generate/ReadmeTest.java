package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.GgufMixture;
import dev.imago.model.ModelCard;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The lines of `README.md` compile and run as they stand, on a model of their name.
final class ReadmeTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  private List<String> snippets() throws Exception {
    String readme =
        Files.readString(
            Path.of(System.getProperty("imago.root"), "foundation", "generate", "README.md"));
    var to = new ArrayList<String>();
    for (Matcher found = JAVA.matcher(readme); found.find(); ) {
      to.add(found.group(1));
    }
    return to;
  }

  /// Compiles lines as a method's body, runs them, and gives what they print.
  private String printed(String name, String lines, Path model) throws Exception {
    String source =
        """
        import dev.imago.generate.*;
        import dev.imago.templates.ChatMessage;
        import dev.imago.tensor.CacheType;
        import java.nio.file.Path;
        import java.util.List;

        public final class %s {
          public static void run() throws Exception {
            %s
          }
        }
        """
            .formatted(name, lines.replace("\"model.gguf\"", "\"" + model + "\""));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var said = new java.io.StringWriter();
    String classes =
        System.getProperty("java.class.path")
            + java.io.File.pathSeparator
            + System.getProperty("jdk.module.path", "");
    boolean compiled =
        compiler
            .getTask(
                said,
                null,
                null,
                List.of("-proc:none", "-d", folder.toString(), "-cp", classes),
                null,
                List.of(
                    new SimpleJavaFileObject(
                        URI.create("string:///" + name + ".java"),
                        SimpleJavaFileObject.Kind.SOURCE) {
                      @Override
                      public CharSequence getCharContent(boolean ignored) {
                        return source;
                      }
                    }))
            .call();
    assertTrue(compiled, said.toString());
    PrintStream before = System.out;
    var out = new ByteArrayOutputStream();
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      loader.loadClass(name).getMethod("run").invoke(null);
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void every_example_runs() throws Exception {
    Path hf =
        RandomModelFolder.write(
            folder.resolve("hf"), RandomModelFolder.tiny(2, 64, true), 12, true);
    Path file = folder.resolve("model.gguf");
    GgufExport.write(hf, file, ModelCard.named("a"), GgufMixture.F16, Map.of(), 1, _ -> {});
    List<String> snippets = snippets();
    assertEquals(4, snippets.size());
    assertTrue(snippets.getFirst().lines().count() <= 10, "ten lines to a streamed answer");
    String streamed = printed("Streamed", snippets.get(0), file);
    try (LanguageModel model = LanguageModel.open(file, 1);
        Engine engine = new Engine(model, 1, 128)) {
      var text = new StringBuilder();
      Generation answer = engine.submit(model.request("Once upon a time", Sampling.greedy(64)));
      while (answer.hasNext()) {
        if (answer.next() instanceof Event.Token token) {
          text.append(token.text());
        }
      }
      assertEquals(text.toString(), streamed);
      String chat = printed("Chat", snippets.get(1), file);
      assertTrue(chat.endsWith(" STOP\n") || chat.endsWith(" LENGTH\n"), chat);
      assertTrue(printed("Budget", snippets.get(2), file).startsWith("Stats["));
      int tokens = model.prompts().text("Once upon a time", true).length;
      assertEquals(tokens - 1 + "\n", printed("Likely", snippets.get(3), file));
    }
  }
}
