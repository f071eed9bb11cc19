package io.tracestore.cli.terminal;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceEventType.DataFlow;
import io.tracestore.view.Activity;
import io.tracestore.view.ActivityTree;
import io.tracestore.view.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Draws a trace: a line for each actor's work, below what caused it, with a bar from its start to
 * its end on a common scale.
 */
public final class Timeline {
  /** The meaning of the signs on the bars. */
  public static final String LEGEND =
      "⇢ data flow   « received   » sent   ◆ state   • other   ✗ failed   … not ended";

  private static final int DURATION_COLUMNS = 7;
  private static final int MIN_LABEL = 16;
  private static final int MIN_BAR = 8;

  /** Label and bar share what is left below this width. */
  private static final int NARROW = 34;

  private static final int NARROW_LABEL = 4;
  private static final int NARROW_BAR = 4;
  private static final int MAX_LABEL = 60;
  private static final int MAX_DEPTH_SHOWN = 14;

  private final FlowTrace trace;
  private final Style style;
  private final int maxRows;
  private final int labelColumns;
  private final int barColumns;
  private final Instant from;
  private final long nanos;
  private final List<String> lines = new ArrayList<>();
  private int rows;

  /** A line still to be drawn, and what stands in front of it. */
  private record Pending(Activity activity, String indent, String branch, int depth) {}

  private Timeline(FlowTrace trace, ActivityTree tree, int columns, int maxRows, Style style) {
    this.trace = trace;
    this.style = style;
    this.maxRows = maxRows;
    int widest = Math.clamp(widestLabel(tree), MIN_LABEL, MAX_LABEL);
    int minBar = columns < NARROW ? NARROW_BAR : MIN_BAR;
    int most = Math.max(NARROW_LABEL, columns - DURATION_COLUMNS - 3 - minBar);
    this.labelColumns = Math.min(most, Math.min(widest, Math.max(MIN_LABEL, columns / 2)));
    this.barColumns = Math.max(minBar, columns - labelColumns - DURATION_COLUMNS - 3);
    this.from = first(tree);
    this.nanos = Math.max(1, Duration.between(from, last(tree)).toNanos());
  }

  /**
   * The lines of {@code trace}.
   *
   * @param columns how wide they are, at least 20
   * @param maxRows how many activities are drawn; a last line counts the others
   */
  public static List<String> draw(FlowTrace trace, int columns, int maxRows, Style style) {
    ActivityTree tree = new ActivityTree(trace);
    Timeline timeline = new Timeline(trace, tree, columns, maxRows, style);
    timeline.drawAll(tree);
    return timeline.lines;
  }

  private Instant first(ActivityTree tree) {
    Instant first = trace.startTime();
    for (Activity activity : tree.all()) {
      first = activity.startTime().isBefore(first) ? activity.startTime() : first;
    }
    return first;
  }

  private Instant last(ActivityTree tree) {
    Instant end = trace.endTime();
    Instant last = end == null ? from : end;
    for (Activity activity : tree.all()) {
      last = activity.endTime().isAfter(last) ? activity.endTime() : last;
    }
    return last;
  }

  private void drawAll(ActivityTree tree) {
    lines.add(scale());
    Deque<Pending> pending = new ArrayDeque<>();
    pushAll(pending, tree.roots(), "", 0);
    while (!pending.isEmpty() && rows < maxRows) {
      Pending next = pending.pop();
      drawRow(next);
      pushAll(pending, next.activity().children(), below(next), next.depth() + 1);
    }
    long left = count(pending);
    if (left > 0) {
      lines.add(style.dim("... and %d more; --all shows them".formatted(left)));
    }
  }

  private static void pushAll(
      Deque<Pending> pending, List<Activity> activities, String indent, int depth) {
    for (int i = activities.size() - 1; i >= 0; i--) {
      String branch = depth == 0 ? "" : i == activities.size() - 1 ? "└ " : "├ ";
      if (depth > MAX_DEPTH_SHOWN) {
        // No room to move right any more: the depth as a number.
        branch = "⋮%d ".formatted(depth);
      }
      pending.push(new Pending(activities.get(i), indent, branch, depth));
    }
  }

  /** The text before the branches below a line. */
  private static String below(Pending row) {
    if (row.depth() == 0 || row.depth() >= MAX_DEPTH_SHOWN) {
      return row.indent();
    }
    return row.indent() + (row.branch().startsWith("└") ? "  " : "│ ");
  }

  private static long count(Deque<Pending> pending) {
    Deque<Activity> left = new ArrayDeque<>();
    pending.forEach(each -> left.push(each.activity()));
    long count = 0;
    while (!left.isEmpty()) {
      count++;
      left.pop().children().forEach(left::push);
    }
    return count;
  }

  /** Where the bars' columns lie in time. */
  private String scale() {
    String end = Durations.format(Duration.ofNanos(nanos));
    String middle = Durations.format(Duration.ofNanos(nanos / 2));
    int half = barColumns / 2;
    String right = Text.padLeft(end, barColumns - half);
    boolean fits = Text.width(middle) + Text.width(end) + 1 < barColumns - half;
    String axis =
        fits
            ? Text.pad("0", half) + middle + right.substring(middle.length())
            : Text.pad("0", half) + right;
    return style.dim(" ".repeat(labelColumns + DURATION_COLUMNS + 2) + axis).stripTrailing();
  }

  private void drawRow(Pending row) {
    rows++;
    Activity activity = row.activity();
    String label = Text.pad(row.indent() + row.branch() + label(activity), labelColumns);
    String duration = Text.padLeft(duration(activity), DURATION_COLUMNS);
    String bar = bar(activity);
    boolean failed = activity.hasFailed();
    String line =
        failed
            ? style.bad(label) + " " + style.bad(duration) + " " + style.bad(bar)
            : label + " " + style.dim(duration) + " " + bar;
    lines.add(line.stripTrailing());
    String error = error(activity);
    if (error != null && !error.isEmpty()) {
      String indent = below(row) + (row.activity().children().isEmpty() ? "    " : "│   ");
      int columns = labelColumns + DURATION_COLUMNS + barColumns + 2;
      lines.add(style.bad(Text.fit(indent + Text.harmless(error), columns)));
    }
  }

  private static @Nullable String error(Activity activity) {
    TraceEvent end = activity.end() == null ? activity.first() : activity.end();
    return end.data().error();
  }

  private static String label(Activity activity) {
    TraceEvent first = activity.first();
    String sign = (activity.hasFailed() ? "✗ " : "") + (activity.reachedByDataFlow() ? "⇢ " : "");
    String port = first.data().port();
    String where = port == null || port.isEmpty() ? "" : " " + Text.harmless(port);
    if (activity.isWork()) {
      return sign + Text.harmless(first.actorId()) + where;
    }
    if (first.eventType() instanceof DataFlow flow) {
      String to = flow.toPort().isEmpty() ? flow.toActor() : flow.toActor() + " " + flow.toPort();
      boolean fromParent =
          activity.parent() != null && activity.parent().first().actorId().equals(first.actorId());
      return Text.harmless(fromParent ? "⇢ " + to : first.actorId() + " ⇢ " + to);
    }
    return sign
        + Text.harmless(first.eventType().typeName())
        + " "
        + Text.harmless(first.actorId())
        + where;
  }

  private static String duration(Activity activity) {
    if (!activity.isWork()) {
      return "";
    }
    Duration duration = activity.duration();
    if (duration == null) {
      return "…";
    }
    return duration.isZero() ? "-" : Durations.format(duration);
  }

  private String bar(Activity activity) {
    int start = cell(activity.startTime());
    if (!activity.isWork()) {
      return " ".repeat(start) + sign(activity.first());
    }
    int end = Math.max(start, cell(activity.endTime()));
    StringBuilder bar = new StringBuilder(" ".repeat(start));
    bar.append((start == end ? "▌" : "█".repeat(end - start + 1)));
    for (TraceEvent event : activity.details()) {
      int at = cell(event.timestamp());
      while (bar.length() <= at) {
        bar.append(' ');
      }
      // A bar of one cell stays a bar: its signs would hide it.
      if (start != end || at != start) {
        bar.setCharAt(at, sign(event));
      }
    }
    return bar.toString();
  }

  private int cell(Instant time) {
    double share = (double) Duration.between(from, time).toNanos() / nanos;
    return Math.clamp(Math.round(share * (barColumns - 1)), 0, barColumns - 1);
  }

  private static char sign(TraceEvent event) {
    return switch (event.eventType()) {
      case DataFlow flow -> '⇢';
      case TraceEventType.Plain.MESSAGE_RECEIVED -> '«';
      case TraceEventType.Plain.MESSAGE_SENT -> '»';
      case TraceEventType.Plain.STATE_CHANGED -> '◆';
      case TraceEventType.Plain.ACTOR_FAILED -> '✗';
      default -> '•';
    };
  }

  private static int widestLabel(ActivityTree tree) {
    int widest = 0;
    int depth = 0;
    List<Activity> level = tree.roots();
    while (!level.isEmpty()) {
      List<Activity> below = new ArrayList<>();
      for (Activity activity : level) {
        int indent = 2 * Math.min(depth, MAX_DEPTH_SHOWN);
        widest = Math.max(widest, indent + Text.width(label(activity)));
        below.addAll(activity.children());
      }
      level = below;
      depth++;
    }
    return widest;
  }
}
