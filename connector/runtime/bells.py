"""The broker as a doorbell: messages carry ids only, and losing one costs time, never a result."""

from __future__ import annotations

import logging
import time

from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from connector.runtime import acknowledging

LOG = logging.getLogger(__name__)

ROUTE_EVENT = "connector.route_event"
ADVANCE_RUN = "connector.advance_run"
SETTLE_EFFECT = "connector.settle_effect"
SWEEP = "connector.sweep"
POLL = "connector.poll"

TRIGGERS = "triggers"
EFFECTS = "effects"
MAINTENANCE = "maint"
QUARANTINE = "quarantine"  # one thread: what died once harms only itself
QUEUES = (EFFECTS, TRIGGERS, MAINTENANCE)

# Redis hands out messages with a longer countdown twice (reliability notes, section 2).
LONGEST_COUNTDOWN_SECONDS = 25.0
SILENCE_SECONDS = 5.0


def make_broker(
    redis_url: str, sweep_seconds: float, *, answer_seconds: float | None = None
) -> Celery:
    """Return the Celery application every process shares, with the settings that were measured.

    Args:
        redis_url: The broker; empty for a process that only rings when there is one.
        sweep_seconds: How often beat rings the sweeper.
        answer_seconds: How long a ring may wait for a broker that is there but frozen. For
            processes that must go on answering others; a worker's listening would suffer from it.

    State lives in the database, so results are off, messages are acknowledged late and the
    database decides about repeats.
    """
    acknowledging.install()
    app = Celery("connector", broker=redis_url, set_as_current=False)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        result_backend=None,
        task_acks_late=True,
        task_acks_on_failure=True,
        task_acks_on_timeout=True,
        worker_pool="threads",
        worker_prefetch_multiplier=1,
        visibility_timeout=900,
        broker_transport_options={
            "visibility_timeout": 900,
            "socket_keepalive": True,
            "socket_connect_timeout": 2,
            "socket_timeout": answer_seconds,
            "retry_on_timeout": answer_seconds is None,
            "health_check_interval": 25,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "global_keyprefix": "aic:",
        },
        result_backend_transport_options={"visibility_timeout": 900},
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_channel_error_retry=True,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_soft_shutdown_timeout=60,
        worker_enable_soft_shutdown_on_idle=True,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        task_create_missing_queues=False,
        task_queues={name: {"routing_key": name} for name in (*QUEUES, QUARANTINE)},
        task_default_queue=MAINTENANCE,
        task_publish_retry_policy={
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.2,
            "interval_max": 0.5,
        },
        beat_schedule={
            "sweep": {
                "task": SWEEP,
                "schedule": sweep_seconds,
                "options": {"queue": MAINTENANCE, "expires": sweep_seconds * 2},
            }
        },
    )
    return app


class Bells:
    """Tells workers that a row is due; when the broker is away, the sweeper tells them later."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._silent_until = 0.0

    def ring(self, task: str, row_id: str | int, queue: str, *, in_seconds: float = 0.0) -> None:
        """Publish one id after its row was committed. Never raises, never waits for long.

        After a failure nothing is tried for some seconds: a delivery of a hundred events must
        not wait a hundred times for a broker that is away.
        """
        if in_seconds > LONGEST_COUNTDOWN_SECONDS or time.monotonic() < self._silent_until:
            return
        try:
            self._app.send_task(task, args=[row_id], queue=queue, countdown=in_seconds or None)
        except (OperationalError, RedisError, OSError) as error:
            self._silent_until = time.monotonic() + SILENCE_SECONDS
            LOG.warning("The bell did not ring (%s); the sweeper will.", type(error).__name__)
