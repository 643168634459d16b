"""What trends on TikTok, collected on a schedule."""

from aws_cdk import Duration
from constructs import Construct

from infra.functions import House, make_function
from infra.queues import make_dead_letters, make_rule
from infra.tables import Table


class Trends(Construct):
    """The snapshots and the schedule that writes them."""

    def __init__(self, scope: Construct, house: House) -> None:
        super().__init__(scope, "Trends")
        self.trends = Table(self, "trends", house, sorted_by_sk=True)
        collector = make_function(self, "schedule/trends", house, does="Collects trends", timeout_s=300)
        self.trends.puts(collector)
        self.dead_letters = make_dead_letters(self, "TrendsFailed", house, "trends")
        make_rule(self, "TrendsSchedule", collector, dead_letters=self.dead_letters, every=Duration.hours(6))
