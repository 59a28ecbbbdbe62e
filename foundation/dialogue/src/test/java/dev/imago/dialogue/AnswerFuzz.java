package dev.imago.dialogue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whatever a model writes, it is taken apart without a failure, into the same parts at every cut.
/// For `conformance/fuzz dialogue`.
public final class AnswerFuzz {
  static final List<AnswerForm> FORMS = forms();

  private static final OfferedTools TOOLS =
      new OfferedTools(
          Map.of("f", Map.of("properties", Map.of("a", Map.of("type", "string"))), "g", Map.of()));

  private AnswerFuzz() {}

  private static List<AnswerForm> forms() {
    var thinking = new AnswerForm.Thinking("<think>", "</think>");
    var forms = new ArrayList<AnswerForm>();
    for (CallSyntax calls :
        List.of(
            new CallSyntax.None(),
            CallSyntax.TaggedJson.HERMES,
            new CallSyntax.BareJson(),
            new CallSyntax.Listed(true),
            new CallSyntax.Pythonic("", ""),
            new CallSyntax.Pythonic("<|tool_call_start|>", "<|tool_call_end|>"),
            CallSyntax.Elements.QWEN,
            CallSyntax.Elements.MINIMAX,
            CallSyntax.Elements.deepSeek("tool_calls"),
            CallSyntax.TaggedJson.COHERE,
            new CallSyntax.KeysAndValues(),
            CallSyntax.Sections.deepSeek(true),
            CallSyntax.Sections.KIMI)) {
      forms.add(new AnswerForm(calls, thinking));
    }
    forms.add(new AnswerForm(new CallSyntax.Channels(), null));
    return forms;
  }

  /// Jazzer's entry: the first byte chooses the form, the second where the answer is cut.
  public static void fuzzerTestOneInput(byte[] content) {
    if (content.length < 3) {
      return;
    }
    AnswerForm form = FORMS.get((content[0] & 0xff) % FORMS.size());
    check(
        form,
        new String(content, 2, content.length - 2, StandardCharsets.UTF_8),
        content[1] & 0xff,
        content[1] % 2 == 0);
  }

  static void check(AnswerForm form, String text, int cut, boolean cutOff) {
    List<AnswerPart> whole = parts(form, List.of(text), cutOff);
    int at = Math.min(cut, text.length());
    List<AnswerPart> cutUp =
        parts(form, List.of(text.substring(0, at), text.substring(at)), cutOff);
    if (!whole.equals(cutUp)) {
      throw new AssertionError("cut at " + at + ": " + whole + " is not " + cutUp);
    }
    int open = 0;
    for (AnswerPart part : whole) {
      open +=
          part instanceof AnswerPart.CallBegun ? 1 : part instanceof AnswerPart.CallEnded ? -1 : 0;
      if (open < 0 || open > 1 || open == 0 && part instanceof AnswerPart.Arguments) {
        throw new AssertionError("calls are not one after another: " + whole);
      }
    }
    if (open != 0) {
      throw new AssertionError("a call has no end: " + whole);
    }
  }

  private static List<AnswerPart> parts(AnswerForm form, List<String> pieces, boolean cutOff) {
    var parser = new AnswerParser(form, TOOLS, Set.of(), false);
    var all = new ArrayList<AnswerPart>();
    pieces.forEach(piece -> all.addAll(parser.add(piece)));
    all.addAll(parser.end(cutOff));
    return CutAnswers.join(all);
  }

  /// Leaves answers to begin with in a folder.
  public static void main(String[] args) throws java.io.IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    for (int i = 0; i < FORMS.size(); i++) {
      String marks =
          String.join("f{\"name\": \"f\", \"arguments\": {}}\n", FORMS.get(i).calls().marks());
      Files.writeString(folder.resolve("seed-" + i), (char) i + "\u0007<think>x</think>" + marks);
    }
  }
}
