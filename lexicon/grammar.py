"""The closed classes of Dutch grammar that a dictionary lists without saying what they belong to."""

# Prefixes whose participle has no ge-.
NO_GE = ("be", "ge", "her", "ont", "ver", "er")

# The same for some of the verbs that begin so: mishandeld, but opgepakt.
MAYBE_NO_GE = ("aan", "door", "mis", "om", "onder", "over", "vol", "voor", "weer")

# Prepositions and adverbs: uitbreiding is no breiding that is uit.
PREPOSITIONS = frozenset(
    "aan achter achteruit af als beneden bij binnen boven buiten door gelijk in langs los mee mede met "
    "mis na naar neer niet om omhoog omlaag onder ongeveer op open over rond samen sinds tegen terug "
    "thuis toe tot tussen uit van vast vol voor voort voorbij vooruit vrij weer weg zonder".split()
)

# What separable verbs begin with.
SEPARABLE = tuple(
    "aan achter achterna achterover achteruit af bij binnen boven buiten dicht door heen in klaar langs "
    "los mede mee mis na neer om omhoog omlaag omver onder op open over raad rond samen stil tegen terug "
    "thuis toe uit uiteen vast vol voor voorbij vooruit vrij waar weer weg".split()
)

# Plurals of Latin and Greek words.
LEARNED_PLURALS = (("um", "a"), ("us", "i"), ("is", "es"), ("ma", "mata"), ("a", "ae"))

# Strong and irregular verbs: infinitive, then every form that does not follow from it.
STRONG_VERBS = """
bakken bakte bakten gebakken
bannen bande banden gebannen
barsten barstte barstten gebarsten
bederven bedierf bedierven bedorven
bedriegen bedroog bedrogen
beginnen begon begonnen
bergen borg borgen geborgen
bevelen beval bevalen bevolen
bezwijken bezweek bezweken
bidden bad baden gebeden
bieden bood boden geboden
bijten beet beten gebeten
binden bond bonden gebonden
blazen blies bliezen geblazen
blijken bleek bleken gebleken
blijven bleef bleven gebleven
blinken blonk blonken geblonken
braden braadde braadden gebraden
breken brak braken gebroken
brengen bracht brachten gebracht
brouwen brouwde brouwden gebrouwen
buigen boog bogen gebogen
delven dolf dolven gedolven
denken dacht dachten gedacht
dingen dong dongen gedongen
doen doe doet deed deden gedaan
dragen droeg droegen gedragen
drijven dreef dreven gedreven
dringen drong drongen gedrongen
drinken dronk dronken gedronken
druipen droop dropen gedropen
duiken dook doken gedoken
dunken docht gedocht
dwingen dwong dwongen gedwongen
eten at aten gegeten
fluiten floot floten gefloten
gaan ga gaat ging gingen gegaan
gelden gold golden gegolden
genezen genas genazen genezen
genieten genoot genoten
geven gaf gaven gegeven
gieten goot goten gegoten
glijden gleed gleden gegleden
glimmen glom glommen geglommen
graven groef groeven gegraven
grijpen greep grepen gegrepen
hangen hing hingen gehangen
hebben heb hebt heeft had hadden gehad
heffen hief hieven geheven
helpen hielp hielpen geholpen
heten heette heetten geheten
hijsen hees hesen gehesen
hoeven hoefde hoefden gehoefd gehoeven
houden hou houdt hield hielden gehouden
houwen hieuw hieuwen gehouwen
jagen joeg joegen jaagde jaagden gejaagd
kiezen koos kozen gekozen
kijken keek keken gekeken
kijven keef keven gekeven
klimmen klom klommen geklommen
klinken klonk klonken geklonken
kluiven kloof kloven gekloven
knijpen kneep knepen geknepen
komen kom komt kwam kwamen gekomen
kopen koop koopt kocht kochten gekocht
krijgen kreeg kregen gekregen
krimpen kromp krompen gekrompen
kruipen kroop kropen gekropen
kunnen kan kun kunt kon konden gekund
laden laadde laadden geladen
laten liet lieten gelaten
lachen lachte lachten gelachen
leggen legde legden gelegd lei leien
lezen las lazen gelezen
liegen loog logen gelogen
liggen lag lagen gelegen
lijden leed leden geleden
lijken leek leken geleken
lopen liep liepen gelopen
malen maalde maalden gemalen
melken molk molken gemolken
meten mat maten gemeten
mijden meed meden gemeden
moeten moet moest moesten gemoeten
mogen mag mocht mochten gemogen
nemen neem neemt nam namen genomen
nijgen neeg negen genegen
ontginnen ontgon ontgonnen
pluizen ploos plozen geplozen
prijzen prees prezen geprezen
raden ried rieden geraden
rijden reed reden gereden
rijgen reeg regen geregen
rijten reet reten gereten
rijzen rees rezen gerezen
roepen riep riepen geroepen
ruiken rook roken geroken
scheiden scheidde scheidden gescheiden
schelden schold scholden gescholden
schenden schond schonden geschonden
schenken schonk schonken geschonken
scheppen schiep schiepen geschapen
scheren schoor schoren geschoren
schieten schoot schoten geschoten
schijnen scheen schenen geschenen
schijten scheet scheten gescheten
schrijden schreed schreden geschreden
schrijven schreef schreven geschreven
schrikken schrok schrokken geschrokken
schuilen school scholen gescholen
schuiven schoof schoven geschoven
slaan sla slaat sloeg sloegen geslagen
slapen sliep sliepen geslapen
slijpen sleep slepen geslepen
slijten sleet sleten gesleten
slinken slonk slonken geslonken
sluipen sloop slopen geslopen
sluiten sloot sloten gesloten
smelten smolt smolten gesmolten
smijten smeet smeten gesmeten
snijden sneed sneden gesneden
snuiten snoot snoten gesnoten
snuiven snoof snoven gesnoven
spannen spande spanden gespannen
spijten speet speten gespeten
spinnen spon sponnen gesponnen
splijten spleet spleten gespleten
spreken sprak spraken gesproken
springen sprong sprongen gesprongen
spruiten sproot sproten gesproten
spugen spoog spogen gespogen
spuiten spoot spoten gespoten
staan sta staat stond stonden gestaan
steken stak staken gestoken
stelen stal stalen gestolen
sterven stierf stierven gestorven
stijgen steeg stegen gestegen
stijven steef steven gesteven
stinken stonk stonken gestonken
stoten stootte stootten gestoten
strijden streed streden gestreden
strijken streek streken gestreken
stuiven stoof stoven gestoven
treden trad traden getreden
treffen trof troffen getroffen
trekken trok trokken getrokken
vallen viel vielen gevallen
vangen ving vingen gevangen
varen voer voeren gevaren
vechten vocht vochten gevochten
verdwijnen verdween verdwenen
vergeten vergat vergaten
verliezen verloor verloren
vinden vond vonden gevonden
vlechten vlocht vlochten gevlochten
vlieden vlood vloden gevloden
vliegen vloog vlogen gevlogen
vouwen vouwde vouwden gevouwen
vragen vraag vraagt vroeg vroegen gevraagd
vreten vrat vraten gevreten
vriezen vroor vroren gevroren
waaien waaide waaiden woei woeien gewaaid
wassen waste wasten wies wiesen gewassen
wegen woog wogen gewogen
werpen wierp wierpen geworpen
werven wierf wierven geworven
weten weet wist wisten geweten
weven weefde weefden geweven
wijken week weken geweken
wijten weet weten geweten
wijzen wees wezen gewezen
willen wil wilt wou wouden wilde wilden gewild
winden wond wonden gewonden
winnen won wonnen gewonnen
worden word wordt werd werden geworden
wreken wreekte wreekten gewroken
wrijven wreef wreven gewreven
wringen wrong wrongen gewrongen
zeggen zegt zeg zei zeiden zegde zegden gezegd
zenden zond zonden gezonden
zien zie ziet zag zagen gezien
zijgen zeeg zegen gezegen
zijn ben bent is was waren geweest
zingen zong zongen gezongen
zinken zonk zonken gezonken
zinnen zon zonnen gezonnen
zitten zat zaten gezeten
zoeken zocht zochten gezocht
zuigen zoog zogen gezogen
zuipen zoop zopen gezopen
zullen zal zult zou zouden
zwelgen zwolg zwolgen gezwolgen
zwellen zwol zwollen gezwollen
zwemmen zwom zwommen gezwommen
zweren zwoer zwoeren gezworen
zwerven zwierf zwierven gezworven
zwijgen zweeg zwegen gezwegen
"""

# Plurals that change the vowel or take -eren, -ers, -lieden, -lui.
IRREGULAR_PLURALS = """
bad baden
been benen beenderen
blad bladeren bladen
brandweerman brandweerlieden
ei eieren eitje eitjes
gelid gelederen
gemoed gemoederen
gebrek gebreken
gebed gebeden
gebod geboden
verbod verboden
slot sloten
schot schoten
god goden
lot loten
hof hoven
hol holen
oorlog oorlogen
hertog hertogen
goed goederen
hoen hoenders hoenderen
kalf kalveren
kind kinderen kindje kindjes kindertjes
gat gaten
graf graven
koe koeien
mes messen
oudere ouderen
staf staven
vat vaten
weg wegen
kleed klederen kleren
lam lammeren
lid leden
lied liederen
rad raderen
rund runderen
schip schepen
smid smeden
vlo vlooien
spaan spaanders
split spleten
stad steden
volk volkeren volken
koopman kooplieden kooplui
zakenman zakenlieden zakenlui
werkman werklieden werklui
vakman vaklieden vaklui
timmerman timmerlieden timmerlui
zeeman zeelieden zeelui
ambtsman ambtslieden
raadsman raadslieden
staatsman staatslieden
"""
