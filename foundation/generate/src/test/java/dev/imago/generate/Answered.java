package dev.imago.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// What a request gave, but for how long it took and what it was spared.
record Answered(List<Event> tokens, FinishReason reason, int promptTokens, Spared spared) {
  /// Reads to the end.
  static Answered read(Generation generation) {
    var events = new ArrayList<Event>();
    while (true) {
      switch (generation.next()) {
        case Event.Done(var reason, int prompt, int completion, var _, var spared, var _) -> {
          if (completion != events.stream().filter(e -> e instanceof Event.Token).count()) {
            throw new AssertionError(completion + " tokens were counted, and came " + events);
          }
          return new Answered(events, reason, prompt, spared);
        }
        case Event token -> events.add(token);
      }
    }
  }

  List<Object> content() {
    return List.of(tokens, reason, promptTokens);
  }

  static int[] prompt(int length, int salt) {
    return IntStream.range(0, length).map(i -> 2 + (i * 7 + salt * 13) % 250).toArray();
  }

  /// Two prompts, the first's end cut off.
  static int[] joined(int[] first, int keep, int[] then) {
    return IntStream.concat(IntStream.of(first).limit(keep), IntStream.of(then)).toArray();
  }
}
