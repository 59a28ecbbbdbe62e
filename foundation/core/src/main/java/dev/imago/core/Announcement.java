package dev.imago.core;

import java.util.Map;

/// What the first process of a recipe tells the others.
///
/// @param step that begins, in which they have a part; empty where the recipe has ended
/// @param key of the step's run
/// @param inputs of the step, by their places
/// @param well whether the recipe has ended well
record Announcement(String step, String key, Map<String, String> inputs, boolean well) {
  static Announcement ended(boolean well) {
    return new Announcement("", "", Map.of(), well);
  }

  boolean last() {
    return step.isEmpty();
  }

  void to(Peers peers) {
    peers.announce(Json.MAPPER.writeValueAsString(this));
  }

  static Announcement nextOf(Peers peers) throws InterruptedException {
    return Json.MAPPER.readValue(peers.next(), Announcement.class);
  }
}
