package dev.imago.dialogue;

import java.util.ArrayList;
import java.util.List;

/// A whole answer.
///
/// @param text for the reader; empty where the model only thought or called
/// @param calls in their order
/// @param unread why what began as a call is none, for each
public record Answer(String text, String reasoning, List<Call> calls, List<String> unread) {
  public Answer {
    calls = List.copyOf(calls);
    unread = List.copyOf(unread);
  }

  /// A call of a tool.
  ///
  /// @param arguments JSON, as the model wrote it where it wrote JSON
  /// @param defect what is wrong with it; empty where nothing is
  public record Call(String name, String arguments, String defect) {}

  /// What parts are together.
  @SafeVarargs
  public static Answer of(List<AnswerPart>... parts) {
    var text = new StringBuilder();
    var reasoning = new StringBuilder();
    var calls = new ArrayList<Call>();
    var unread = new ArrayList<String>();
    var arguments = new StringBuilder();
    String name = "";
    for (List<AnswerPart> some : parts) {
      for (AnswerPart part : some) {
        switch (part) {
          case AnswerPart.Text(String more) -> text.append(more);
          case AnswerPart.Reasoning(String more) -> reasoning.append(more);
          case AnswerPart.CallBegun(int _, String called) -> {
            name = called;
            arguments.setLength(0);
          }
          case AnswerPart.Arguments(int _, String json) -> arguments.append(json);
          case AnswerPart.CallEnded(int _, String defect) ->
              calls.add(new Call(name, arguments.toString(), defect));
          case AnswerPart.Unread(String why) -> unread.add(why);
        }
      }
    }
    return new Answer(text.toString(), reasoning.toString(), calls, unread);
  }
}
