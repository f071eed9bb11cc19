package io.tracestore.cli;

import io.tracestore.codec.MessageChecksum;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares the contents of the messages of a trace with their checksums. */
final class ContentCheck {
  private final List<String> differing = new ArrayList<>();
  private long matching;
  private long notChecked;

  private ContentCheck(Iterator<TraceEvent> events) {
    while (events.hasNext()) {
      TraceEvent event = events.next();
      MessageSnapshot message = event.data().message();
      if (message != null) {
        switch (MessageChecksum.verify(message)) {
          case MATCHES -> matching++;
          case DIFFERS -> differing.add(event.eventId().toString());
          case NOT_CHECKED -> notChecked++;
        }
      }
    }
  }

  /** Prints the result of a check of {@code events}, and returns the exit code of the command. */
  static int run(BaseCommand command, Iterator<TraceEvent> events) {
    ContentCheck check = new ContentCheck(events);
    if (command.isJson()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("matching", check.matching);
      document.put("differing", check.differing);
      document.put("notChecked", check.notChecked);
      command.printJson(document);
    } else {
      command.print(
          "content of messages: %d match their checksum, %d differ, %d have no checksum or content"
              .formatted(check.matching, check.differing.size(), check.notChecked));
      check.differing.forEach(id -> command.print("differs: event " + id));
    }
    return check.differing.isEmpty() ? Cli.OK : Cli.FAILED;
  }
}
